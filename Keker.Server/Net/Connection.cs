using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Keker.Server.Broker;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Net;

/// <summary>One accepted connection: its socket, its byte stream (plain or TLS), its reader, and what it is busy with.</summary>
/// <remarks>
/// Sending is for one sender at a time (an HTTP session, later the owner of the session's gate). Everything else is thread-safe.
/// Only this type and its neighbours know sockets.
/// </remarks>
internal sealed class Connection : ISessionTransport, IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly MonotonicClock _clock;
    private readonly SocketStream _plain;
    private Stream _stream;
    private ConnectionReader? _reader;
    private long _finishedSendingAt;
    private volatile bool _aborted;
    private long _sentBytes;
    private readonly InputBuffers _buffers;
    private int _isStranger;

    /// <param name="socket">The accepted socket; closed with the connection.</param>
    /// <param name="isAdmin">See <see cref="IsAdmin"/>.</param>
    /// <param name="clock">The clock of its deadlines.</param>
    /// <param name="buffers">What it is read with; null where nothing is counted.</param>
    public Connection(Socket socket, bool isAdmin, MonotonicClock clock, InputBuffers? buffers = null)
    {
        _socket = socket;
        _clock = clock;
        _buffers = buffers ?? InputBuffers.Unbounded;
        _plain = new SocketStream(socket);
        _stream = _plain;
        IsAdmin = isAdmin;
        AcceptedAt = (int)(clock.Now / 1000);
    }

    /// <summary>Slot in the connection table.</summary>
    public int Index { get; set; } = -1;

    /// <summary>True when it came in through an admin listener.</summary>
    public bool IsAdmin { get; }

    /// <summary>When it was accepted, in seconds of the clock.</summary>
    public int AcceptedAt { get; }

    /// <summary>True until the peer has shown what it is here for, by a whole request or a HELLO: such connections are counted, and go first when memory is short.</summary>
    public bool IsStranger => Volatile.Read(ref _isStranger) != 0;

    /// <summary>The peer's address as <see cref="Net.AddressKey"/> counts it; null on a unix socket.</summary>
    /// <exception cref="SocketException">The peer is gone.</exception>
    public ulong? ReadAddressKey() => (_socket.RemoteEndPoint as IPEndPoint)?.Address is { } address ? AddressKey.Of(address) : null;

    /// <summary>The peer's IP address, without its port, as it is on the wire; nothing on a unix socket.</summary>
    /// <param name="bytes">At least 16 bytes.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="SocketException">The peer is gone.</exception>
    public int WriteAddress(Span<byte> bytes) =>
        (_socket.RemoteEndPoint as IPEndPoint)?.Address.TryWriteBytes(bytes, out int length) is true ? length : 0;

    /// <summary>See <see cref="ISessionTransport.Mark"/>. Set before the connection becomes a session's.</summary>
    public ulong Mark { get; set; }

    /// <summary>Bytes handed to the kernel so far, what TLS adds included.</summary>
    public long SentBytes => Volatile.Read(ref _sentBytes) + _plain.WrittenBytes;

    long ISessionTransport.AcknowledgedBytes => AcknowledgedBytes is var acknowledged and > 0 ? acknowledged : SentBytes;

    /// <summary>What the connection is busy with.</summary>
    public IConnectionPhase? Phase { get; set; }

    /// <summary>What has arrived.</summary>
    public ConnectionReader Reader => _reader ??= new ConnectionReader(_stream, _buffers);

    /// <summary>True once the server has ended it without waiting for the peer.</summary>
    public bool IsAborted => _aborted;

    /// <summary>When the sending side was shut, in milliseconds of the clock; 0 before.</summary>
    public long FinishedSendingAt => Volatile.Read(ref _finishedSendingAt);

    /// <summary>Bytes that the peer's machine has acknowledged so far; 0 where the system does not tell. Grows as long as the peer is reached.</summary>
    public long AcknowledgedBytes
    {
        get
        {
            if (!OperatingSystem.IsLinux() || _socket.AddressFamily == AddressFamily.Unix)
                return 0;
            Span<byte> info = stackalloc byte[TcpInfo.BytesAckedOffset + sizeof(ulong)];
            try
            {
                int length = _socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, TcpInfo.Option, info);
                return length < info.Length ? 0 : BitConverter.ToInt64(info[TcpInfo.BytesAckedOffset..]);
            }
            catch (Exception e) when (IsDisconnect(e))
            {
                return 0;
            }
        }
    }

    /// <summary>Whether a peer has had its time to end the connection, once its session has to.</summary>
    /// <param name="close">What the session ends with.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    public bool IsCloseOverdue(CloseRequest close, long now)
    {
        if (FinishedSendingAt is var finished && finished > 0)
            return now - finished >= Limits.CloseHandshakeTimeout.TotalMilliseconds;

        // A drain has its own deadline, after which every connection left is ended.
        if (close.AfterLog)
            return false;
        TimeSpan patience = close.IsSlowConsumer ? Limits.SlowConsumerCloseTimeout : Limits.CloseHandshakeTimeout;
        return now - close.RequestedAt >= patience.TotalMilliseconds;
    }

    /// <summary>Counts it as a stranger's.</summary>
    /// <returns>False when strangers have all the memory that they may have.</returns>
    public bool TryCountStranger()
    {
        if (!_buffers.Budget.TryTake(Limits.StrangerBytes))
            return false;
        Volatile.Write(ref _isStranger, 1);
        return true;
    }

    /// <summary>The peer has shown what it is here for, or is gone.</summary>
    public void UncountStranger()
    {
        if (Volatile.Read(ref _isStranger) != 0 && Interlocked.Exchange(ref _isStranger, 0) != 0)
            _buffers.Budget.Give(Limits.StrangerBytes);
    }

    public bool CanTrySend => _stream is SocketStream;

    /// <summary>Replaces the plain stream by TLS. Before the first read.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The handshake failed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task AuthenticateAsync(SslServerAuthenticationOptions options)
    {
        var tls = new SslStream(_plain, leaveInnerStreamOpen: true);
        _stream = tls;
        _plain.LeavesPollingThread = true;
        await tls.AuthenticateAsServerAsync(options).ConfigureAwait(false);
        _plain.LeavesPollingThread = false;
    }

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            int sent = _socket.Send(bytes, SocketFlags.None, out SocketError error);
            if (error != SocketError.Success)
                return error == SocketError.WouldBlock ? 0 : -1;
            Volatile.Write(ref _sentBytes, _sentBytes + sent);
            return sent;
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }
    }

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            // Nearly always there is room, and nothing to wait for.
            ValueTask write = _stream.WriteAsync(bytes);
            if (!write.IsCompletedSuccessfully)
                return WaitAsync(write);
            write.GetAwaiter().GetResult();
            return ValueTask.FromResult(true);
        }
        catch (Exception e) when (IsFailedWrite(e))
        {
            return ValueTask.FromResult(false);
        }
    }

    public void FinishSending()
    {
        Volatile.Write(ref _finishedSendingAt, Math.Max(1, _clock.Now));
        if (_stream is SslStream tls)
            _ = FinishSendingAsync(tls);
        else
            Shutdown(SocketShutdown.Send);
    }

    /// <summary>
    /// Half-closes and drops what still arrives until the peer closes, too: closing with unread input would reset the connection,
    /// and the reset may overtake the last answer (RFC 9112 9.6). <see cref="StopReading"/> ends it.
    /// </summary>
    /// <param name="inputEnded">True when the peer has closed already.</param>
    /// <param name="mostBytes">What is dropped at most: a client that sends more has stopped listening.</param>
    public async Task LingerAsync(bool inputEnded, long mostBytes)
    {
        FinishSending();
        long dropped = 0;
        try
        {
            while (!inputEnded && dropped <= mostBytes)
            {
                ReadResult result = await Reader.ReadAsync().ConfigureAwait(false);
                dropped += result.Buffer.Length;
                inputEnded = result.IsCompleted || result.IsCanceled;
                Reader.AdvanceTo(result.Buffer.End);
            }
        }
        catch (Exception e) when (IsDisconnect(e))
        {
        }
    }

    /// <summary>Lets a pending read end as if the peer had stopped sending; sending still works.</summary>
    public void StopReading() => Shutdown(SocketShutdown.Receive);

    public void Abort()
    {
        _aborted = true;

        // Not a dispose: that would run the continuations of pending operations in here. They are woken on their own threads.
        Shutdown(SocketShutdown.Both);
    }

    /// <summary>Gives everything back. Called once, when nothing reads or sends any more, on a thread that may take its time.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_reader is not null)
                await _reader.CompleteAsync().ConfigureAwait(false);
            if (_stream is SslStream tls)
                await tls.DisposeAsync().ConfigureAwait(false);

            // What a peer that went silent has not taken is not worth keeping: reset instead of waiting for it.
            if (_aborted)
                _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (IsDisconnect(e))
        {
        }
        finally
        {
            _socket.Dispose();
        }
    }

    /// <summary>True for what a peer can cause at any time by going away.</summary>
    public static bool IsDisconnect(Exception e) => e is IOException or SocketException or ObjectDisposedException;

    /// <summary>TLS calls it an invalid operation to write after its goodbye.</summary>
    private static bool IsFailedWrite(Exception e) => IsDisconnect(e) || e is InvalidOperationException;

    private static async ValueTask<bool> WaitAsync(ValueTask write)
    {
        try
        {
            await write.ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (IsFailedWrite(e))
        {
            return false;
        }
    }

    private async Task FinishSendingAsync(SslStream tls)
    {
        try
        {
            await tls.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsDisconnect(e))
        {
        }
        Shutdown(SocketShutdown.Send);
    }

    private void Shutdown(SocketShutdown how)
    {
        try
        {
            _socket.Shutdown(how);
        }
        catch (Exception e) when (IsDisconnect(e))
        {
        }
    }
}
