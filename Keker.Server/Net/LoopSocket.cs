using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Keker.Server.Net;

/// <summary>A socket on one of the server's own loops: one registration in its life, and nothing pending while it is idle.</summary>
/// <remarks>
/// The loop tells edges (epoll(7)): that something came, that room came. They are kept as flags, so that a wait which begins after the edge ends at once. The
/// reader clears the flag before it receives: what arrives after that sets it again. The descriptor is counted while a call uses it, and the
/// last user of a closed socket gives it back: no call can meet the descriptor of somebody else.
/// </remarks>
internal sealed class LoopSocket : PeerSocket, IPolled
{
    private const int MayReceive = 1;
    private const int HasEnded = 2;
    private const int MaySend = 4;
    private const int IsStopped = 8;

    private readonly Loop _loop;
    private IReadyHandler? _reader;
    private IReadyHandler? _sender;
    private int _flags;
    private int _users;

    /// <param name="loop">Polls it.</param>
    /// <param name="descriptor">Owned by this object from now on.</param>
    /// <param name="isUnix">See <see cref="PeerSocket.IsUnix"/>.</param>
    public LoopSocket(Loop loop, int descriptor, bool isUnix)
    {
        _loop = loop;
        Descriptor = descriptor;
        IsUnix = isUnix;
    }

    public override bool IsUnix { get; }

    public override bool HasPeerEnded => (Volatile.Read(ref _flags) & HasEnded) != 0;

    public uint Generation { get; set; }

    public int Descriptor { get; }

    public void OnEvents(uint events)
    {
        int flags = 0;
        if ((events & (LinuxSockets.PeerEnded | LinuxSockets.HungUp | LinuxSockets.Failed)) != 0)
            flags = MayReceive | HasEnded;
        if ((events & LinuxSockets.Input) != 0)
            flags |= MayReceive;
        if ((events & (LinuxSockets.Output | LinuxSockets.HungUp | LinuxSockets.Failed)) != 0)
            flags |= MaySend;
        Interlocked.Or(ref _flags, flags);
        if ((flags & MayReceive) != 0 && _reader is not null)
            Interlocked.Exchange(ref _reader, null)?.OnReady();
        if ((flags & MaySend) != 0 && Volatile.Read(ref _sender) is not null)
            Interlocked.Exchange(ref _sender, null)?.OnReady();
    }

    public override int Receive(Span<byte> bytes)
    {
        int flags = Volatile.Read(ref _flags);
        if ((flags & (MayReceive | IsStopped)) == 0)
            return -1;
        Interlocked.And(ref _flags, ~MayReceive);
        int received = Receive(bytes, LinuxSockets.DoNotWait);

        // A read that came short has emptied the socket. But no edge comes any more for what came before the end, nor after it.
        if (received == bytes.Length || received == 0 || (received > 0 && (Volatile.Read(ref _flags) & HasEnded) != 0))
            Interlocked.Or(ref _flags, MayReceive);
        return received < 0 && (flags & IsStopped) != 0 ? 0 : received;
    }

    public override int Peek(Span<byte> bytes)
    {
        // Before the look: what comes after it is told.
        Interlocked.And(ref _flags, ~MayReceive);
        int there = Receive(bytes, LinuxSockets.DoNotWait | LinuxSockets.Peek);
        if (there >= 0)
            Interlocked.Or(ref _flags, MayReceive);
        return there < 0 && (Volatile.Read(ref _flags) & IsStopped) != 0 ? 0 : there;
    }

    public override bool WaitForInput(IReadyHandler handler) => Wait(ref _reader, handler, MayReceive | IsStopped);

    public override ValueTask WaitForInputAsync() => WaitAsync(ref _reader, MayReceive | IsStopped);

    public override void StopInput()
    {
        Interlocked.Or(ref _flags, IsStopped);

        // Whoever stops it may hold a lock, or have no time for what the reader does then.
        if (Interlocked.Exchange(ref _reader, null) is { } reader)
            ThreadPool.UnsafeQueueUserWorkItem(static reader => reader.OnReady(), reader, preferLocal: false);
    }

    public override void ResumeInput() => Interlocked.And(ref _flags, ~IsStopped);

    public override unsafe int Send(ReadOnlySpan<byte> bytes)
    {
        if (!TryUse())
            return -1;
        int sent;
        int error;
        fixed (byte* first = bytes)
        {
            do
            {
                sent = (int)LinuxSockets.Send(Descriptor, first, (nuint)bytes.Length, LinuxSockets.DoNotWait | LinuxSockets.NoSignal);
                error = sent < 0 ? Marshal.GetLastSystemError() : 0;
            }
            while (error == LinuxSockets.Interrupted);
        }
        EndUse();
        return error == LinuxSockets.WouldBlock ? 0 : sent;
    }

    public override void Shutdown(SocketShutdown how)
    {
        if (!TryUse())
            return;
        _ = LinuxSockets.Shutdown(Descriptor, (int)how);
        EndUse();
    }

    public override unsafe void Close(bool resets)
    {
        if (resets && TryUse())
        {
            // struct linger of socket(7): on, and no time.
            int* linger = stackalloc int[2] { 1, 0 };
            _ = LinuxSockets.SetOption(Descriptor, LinuxSockets.SocketLevel, LinuxSockets.LingerOption, linger, 2 * sizeof(int));
            EndUse();
        }
        if (Interlocked.Add(ref _users, int.MinValue) == int.MinValue)
            GiveBack();

        // The loop tells nothing of a descriptor that is gone: a send that waits for room finds out by itself.
        Interlocked.Or(ref _flags, MaySend);
        if (Interlocked.Exchange(ref _sender, null) is { } sender)
            ThreadPool.UnsafeQueueUserWorkItem(static sender => sender.OnReady(), sender, preferLocal: false);
    }

    public override unsafe TcpFigures? ReadFigures()
    {
        if (IsUnix || !TryUse())
            return null;
        Span<byte> info = stackalloc byte[TcpFigures.All];
        uint length = (uint)info.Length;
        int result;
        fixed (byte* first = info)
            result = LinuxSockets.GetOption(Descriptor, LinuxSockets.TcpLevel, TcpFigures.TcpInfo, first, &length);
        EndUse();
        return result == 0 ? TcpFigures.Of(info[..(int)length]) : null;
    }

    public override unsafe int WriteAddress(Span<byte> bytes)
    {
        if (IsUnix || !TryUse())
            return 0;

        // sockaddr_in and sockaddr_in6 of ip(7) and ipv6(7): the family, the port, for IPv6 the flow, then the address.
        Span<byte> name = stackalloc byte[28];
        uint length = (uint)name.Length;
        int result;
        fixed (byte* first = name)
            result = LinuxSockets.GetPeerName(Descriptor, first, &length);
        EndUse();
        int family = result == 0 ? BitConverter.ToUInt16(name) : 0;
        Span<byte> address = family == LinuxSockets.Ipv4Family ? name.Slice(4, 4) : family == LinuxSockets.Ipv6Family ? name.Slice(8, 16) : [];
        address.CopyTo(bytes);
        return address.Length;
    }

    protected override async ValueTask<bool> SendRestAsync(ReadOnlyMemory<byte> rest)
    {
        while (true)
        {
            // Room that came before this send was for this send.
            Interlocked.And(ref _flags, ~MaySend);
            int sent = Send(rest.Span);
            if (sent < 0 || sent == rest.Length)
                return sent >= 0;
            rest = rest[sent..];
            if (sent == 0)
                await WaitAsync(ref _sender, MaySend).ConfigureAwait(false);
        }
    }

    private unsafe int Receive(Span<byte> bytes, int flags)
    {
        if (!TryUse())
            return 0;
        int received;
        int error;
        fixed (byte* first = bytes)
        {
            do
            {
                received = (int)LinuxSockets.Receive(Descriptor, first, (nuint)bytes.Length, flags);
                error = received < 0 ? Marshal.GetLastSystemError() : 0;
            }
            while (error == LinuxSockets.Interrupted);
        }
        EndUse();
        return error == LinuxSockets.WouldBlock ? -1 : Math.Max(0, received);
    }

    private ValueTask WaitAsync(ref IReadyHandler? place, int flags)
    {
        if ((Volatile.Read(ref _flags) & flags) != 0)
            return ValueTask.CompletedTask;
        var wait = new ReadyWait();
        return Wait(ref place, wait, flags) ? ValueTask.CompletedTask : wait.Task;
    }

    private bool Wait(ref IReadyHandler? place, IReadyHandler handler, int flags)
    {
        // A full fence: the loop sets the flag before it looks for whom to tell.
        Interlocked.Exchange(ref place, handler);
        return (Volatile.Read(ref _flags) & flags) != 0 && Interlocked.Exchange(ref place, null) is not null;
    }

    private bool TryUse()
    {
        int users = Volatile.Read(ref _users);
        while (users >= 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
                return true;
            users = seen;
        }
        return false;
    }

    private void EndUse()
    {
        if (Interlocked.Decrement(ref _users) == int.MinValue)
            GiveBack();
    }

    private void GiveBack()
    {
        _loop.Remove(this);
        _ = LinuxSockets.Close(Descriptor);
    }
}
