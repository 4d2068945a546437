using System.Net;
using System.Net.Sockets;

namespace Keker.Server.Net;

/// <summary>A socket that the runtime's engine polls: where there is no epoll.</summary>
/// <remarks>A wait is a receive into nothing: idle connections hold no buffer.</remarks>
internal sealed class EngineSocket : PeerSocket
{
    private readonly Socket _socket;
    private SocketOperation? _receive;
    private bool _isClosed;

    public EngineSocket(Socket socket)
    {
        _socket = socket;
        _socket.Blocking = false;

        // Not everywhere has an accepted socket what the one that listens was given.
        if (!OperatingSystem.IsLinux() && !IsUnix)
            Try(() => _socket.NoDelay = true);
    }

    public override bool IsUnix => _socket.AddressFamily == AddressFamily.Unix;

    /// <summary>What the peer has sent before its end hides that.</summary>
    public override bool HasPeerEnded
    {
        get
        {
            Span<byte> one = stackalloc byte[1];
            lock (_socket)
                return _isClosed || Peek(one) == 0;
        }
    }

    public override int Receive(Span<byte> bytes)
    {
        int received = _socket.Receive(bytes, SocketFlags.None, out SocketError error);
        return error == SocketError.Success ? received : error == SocketError.WouldBlock ? -1 : 0;
    }

    public override int Peek(Span<byte> bytes)
    {
        int count = _socket.Receive(bytes, SocketFlags.Peek, out SocketError error);
        return error == SocketError.Success ? count : error == SocketError.WouldBlock ? -1 : 0;
    }

    public override bool WaitForInput(IReadyHandler handler)
    {
        ValueTask<int> wait = StartWait();
        if (wait.IsCompletedSuccessfully)
            return true;
        _ = TellAsync(wait, handler);
        return false;
    }

    public override async ValueTask WaitForInputAsync() => await StartWait().ConfigureAwait(false);

    /// <summary>Not to be undone: there is no other way to end a wait of the engine.</summary>
    public override void StopInput() => Shutdown(SocketShutdown.Receive);

    public override int Send(ReadOnlySpan<byte> bytes)
    {
        // Whoever is served last and whoever closes meet: an exception for it would be a slow one.
        lock (_socket)
        {
            if (_isClosed)
                return -1;
            int sent = _socket.Send(bytes, SocketFlags.None, out SocketError error);
            return error == SocketError.Success ? sent : error == SocketError.WouldBlock ? 0 : -1;
        }
    }

    public override void Shutdown(SocketShutdown how)
    {
        lock (_socket)
        {
            if (!_isClosed)
                Try(() => _socket.Shutdown(how));
        }
    }

    public override void Close(bool resets)
    {
        lock (_socket)
        {
            _isClosed = true;
            if (resets)
                Try(() => _socket.LingerState = new LingerOption(true, 0));
            _socket.Dispose();
        }
        _receive?.Dispose();
    }

    public override TcpFigures? ReadFigures()
    {
        if (!OperatingSystem.IsLinux() || IsUnix || Volatile.Read(ref _isClosed))
            return null;
        Span<byte> info = stackalloc byte[TcpFigures.All];
        try
        {
            return TcpFigures.Of(info[.._socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, TcpFigures.TcpInfo, info)]);
        }
        catch (Exception e) when (Connection.IsDisconnect(e))
        {
            return null;
        }
    }

    public override int WriteAddress(Span<byte> bytes)
    {
        try
        {
            return (_socket.RemoteEndPoint as IPEndPoint)?.Address.TryWriteBytes(bytes, out int length) is true ? length : 0;
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    protected override async ValueTask<bool> SendRestAsync(ReadOnlyMemory<byte> rest)
    {
        try
        {
            using var send = new SocketOperation();
            return await send.SendAsync(_socket, rest).ConfigureAwait(false) == rest.Length;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Changes the socket, unless the peer is gone already: that is for the next read to find.</summary>
    private static void Try(Action change)
    {
        try
        {
            change();
        }
        catch (SocketException)
        {
        }
    }

    private static async Task TellAsync(ValueTask<int> wait, IReadyHandler handler)
    {
        await wait.ConfigureAwait(false);
        handler.OnReady();
    }

    private ValueTask<int> StartWait() => (_receive ??= new SocketOperation()).ReceiveAsync(_socket, Memory<byte>.Empty);
}
