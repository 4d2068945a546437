using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Keker.Server.Broker.Sessions;
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
    private readonly MonotonicClock _clock;
    private readonly PeerSocket _socket;
    private readonly InputBuffers _buffers;
    private TlsStream? _tls;
    private ConnectionReader? _reader;
    private IConnectionPhase? _phase;
    private long _closingSince;
    private volatile bool _aborted;
    private volatile bool _isOver;
    private long _sentBytes;
    private int _isStranger;

    /// <param name="socket">The accepted socket; closed with the connection.</param>
    /// <param name="isAdmin">See <see cref="IsAdmin"/>.</param>
    /// <param name="clock">The clock of its deadlines.</param>
    /// <param name="buffers">What it is read with; null where nothing is counted.</param>
    public Connection(PeerSocket socket, bool isAdmin, MonotonicClock clock, InputBuffers? buffers = null)
    {
        _clock = clock;
        _buffers = buffers ?? InputBuffers.Unbounded;
        _socket = socket;
        IsAdmin = isAdmin;
        AcceptedAt = (int)(clock.Now / 1000);
    }

    /// <summary>Slot in the connection table.</summary>
    public int Index { get; set; } = -1;

    /// <summary>True when it came in through an admin listener.</summary>
    public bool IsAdmin { get; }

    /// <summary>In seconds of the clock.</summary>
    public int AcceptedAt { get; }

    /// <summary>True until the peer has shown what it is here for, by a whole request or a HELLO: such connections are counted, and go first when memory is short.</summary>
    public bool IsStranger => Volatile.Read(ref _isStranger) != 0;

    /// <summary>The client's address as it is on the wire, where a trusted proxy has told it; null where the peer is the client, for all that is known.</summary>
    public byte[]? Client { get; set; }

    /// <inheritdoc cref="ISessionTransport.WriteAddress"/>
    public int WriteAddress(Span<byte> bytes) => Client is null ? _socket.WriteAddress(bytes) : AddressKey.Copy(Client, bytes);

    /// <summary>See <see cref="ISessionTransport.Mark"/>. Set before the connection becomes a session's.</summary>
    public ulong Mark { get; set; }

    /// <summary>See <see cref="ISessionTransport.UserAgent"/>. Set before the connection becomes a session's.</summary>
    public byte[]? UserAgent { get; set; }

    /// <summary>Bytes handed to the kernel so far, what TLS adds included.</summary>
    public long SentBytes => Volatile.Read(ref _sentBytes) + (_tls?.Plain.WrittenBytes ?? 0);

    long ISessionTransport.AcknowledgedBytes => ReadTcpFigures()?.AcknowledgedBytes ?? SentBytes;

    /// <summary>What the connection is busy with; null between two phases. When a new one is set, nothing visits the old one any more.</summary>
    public IConnectionPhase? Phase
    {
        get => Volatile.Read(ref _phase);
        set { lock (this) _phase = value; }
    }

    public ConnectionReader Reader => _reader ??= new ConnectionReader(_tls ?? (Stream)new SocketStream(_socket), _buffers) { MayOverdraw = !IsStranger };

    /// <summary>True once the server has ended it without waiting for the peer.</summary>
    public bool IsAborted => _aborted;

    /// <summary>Since when the peer has its time to end the connection, in milliseconds of the clock; 0 before.</summary>
    public long ClosingSince => Volatile.Read(ref _closingSince);

    public bool CanTrySend => _tls is null;

    /// <summary>
    /// True while input can be taken straight from the socket: no TLS, nothing that was received and not consumed, and memory for what may be left over.
    /// </summary>
    public bool IsBare => _tls is null && _reader is null && !_buffers.Budget.IsTight;

    /// <summary>Lets the phase look at its deadlines, in milliseconds of the clock.</summary>
    public void Beat(long now)
    {
        // A phase that is over would find a deadline passed and end what the next one has begun.
        lock (this)
            _phase?.OnHeartbeat(now);
    }

    /// <summary>Tells the phase that the server is draining. One that is set after this asks for itself.</summary>
    public void Drain()
    {
        lock (this)
            _phase?.Drain();
    }

    /// <summary>Ends the connection for want of memory, if it is still busy with what it was seen with.</summary>
    public void GiveUp(IConnectionPhase phase)
    {
        lock (this)
        {
            if (_phase == phase)
                phase.GiveUp();
        }
    }

    /// <summary>What TCP tells of the way to the peer; null where the system does not tell.</summary>
    public TcpFigures? ReadTcpFigures() => _socket.ReadFigures();

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
        if (Volatile.Read(ref _isStranger) == 0 || Interlocked.Exchange(ref _isStranger, 0) == 0)
            return;
        _buffers.Budget.Give(Limits.StrangerBytes);
        if (_reader is not null)
            _reader.MayOverdraw = true;
    }

    /// <summary>How far the TLS handshake is: see <see cref="SocketStream.Step"/>.</summary>
    public int HandshakeStep => _tls?.Plain.Step ?? 0;

    /// <summary>Waits until something has arrived, and leaves it there. Before the first read.</summary>
    public ValueTask WaitForInputAsync() => _socket.WaitForInputAsync();

    /// <inheritdoc cref="PeerSocket.HasPeerEnded"/>
    public bool HasPeerEnded => _socket.HasPeerEnded;

    /// <inheritdoc cref="PeerSocket.Peek"/>
    public int Peek(Span<byte> bytes) => _socket.Peek(bytes);

    /// <inheritdoc cref="PeerSocket.Receive(Span{byte})"/>
    /// <remarks>While it <see cref="IsBare"/>.</remarks>
    public int Receive(Span<byte> bytes) => _socket.Receive(bytes);

    /// <inheritdoc cref="PeerSocket.WaitForInput"/>
    public bool WaitForInput(IReadyHandler handler) => _socket.WaitForInput(handler);

    /// <summary>Has the reader begin with bytes that were received without it.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="examined">True where nothing comes of them before there are more.</param>
    /// <returns>False when there is no memory for them.</returns>
    public bool TryUnread(in ReadOnlySequence<byte> bytes, bool examined) => Reader.TryUnread(bytes, examined);

    /// <summary>See <see cref="ConnectionReader.Needed"/>.</summary>
    public void Expect(int bytes)
    {
        if (bytes > 0 || _reader is not null)
            Reader.Needed = bytes;
    }

    /// <summary>Lets go of a reader that holds nothing. Plain connections only; between two reads.</summary>
    public void DropIdleReader()
    {
        if (_tls is not null || _reader is not { IsIdle: true })
            return;
        _reader.Complete();
        _reader = null;
    }

    /// <summary>Puts TLS over the socket. Before the first read.</summary>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The handshake failed.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task AuthenticateAsync(SslServerAuthenticationOptions options)
    {
        var plain = new SocketStream(_socket) { LeavesPollingThread = true };
        _tls = new TlsStream(plain);
        await _tls.AuthenticateAsServerAsync(options).ConfigureAwait(false);
        plain.LeavesPollingThread = false;
    }

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        int sent = _socket.Send(bytes);
        if (sent > 0)
            Volatile.Write(ref _sentBytes, _sentBytes + sent);
        return sent;
    }

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_tls is not null)
            return _isOver ? ValueTask.FromResult(false) : _tls.SendAsync(bytes);
        Volatile.Write(ref _sentBytes, _sentBytes + bytes.Length);
        return _socket.SendAsync(bytes);
    }

    public void CloseSent() => Volatile.Write(ref _closingSince, Math.Max(1, _clock.Now));

    public void FinishSending()
    {
        CloseSent();
        if (_tls is not null)
            _ = FinishSendingAsync(_tls);
        else
            _socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>
    /// Half-closes and drops what still arrives until the peer closes, too: closing with unread input would reset the connection,
    /// and the reset may overtake the last answer (RFC 9112 9.6). <see cref="StopReading"/> ends it.
    /// </summary>
    /// <param name="mostBytes">What is dropped at most: a client that sends more has stopped listening.</param>
    public async Task LingerAsync(long mostBytes)
    {
        FinishSending();
        _socket.ResumeInput();

        // Past the reader and TLS: nothing of it is understood any more.
        byte[] nowhere = ReceiveBuffer.OfThread;
        var turn = new ReadTurn();
        for (long dropped = 0; dropped <= mostBytes;)
        {
            int received = _socket.Receive(nowhere);
            if (received == 0)
                return;
            if (received < 0)
                await _socket.WaitForInputAsync().ConfigureAwait(false);
            else if (turn.IsOver(completedAtOnce: true))
                await Task.Yield();
            nowhere = ReceiveBuffer.OfThread;
            dropped += Math.Max(0, received);
        }
    }

    /// <summary>Lets a pending read end as if the peer had stopped sending; sending still works.</summary>
    public void StopReading() => _socket.StopInput();

    /// <summary>After <see cref="StopReading"/> reading goes on.</summary>
    /// <returns>False where it cannot: TLS has seen the end.</returns>
    public bool TryResumeReading()
    {
        if (_tls is not null)
            return false;
        _reader?.Resume();
        _socket.ResumeInput();
        return true;
    }

    public void Abort()
    {
        _aborted = true;

        // Not a dispose: that would run the continuations of pending operations in here. They are woken on their own threads.
        _socket.Shutdown(SocketShutdown.Both);
    }

    /// <summary>Gives everything back. Called once, when nothing reads or sends any more, on a thread that may take its time.</summary>
    public async ValueTask DisposeAsync()
    {
        // A pass that visits the session at its end is spared most of the exceptions of TLS.
        _isOver = true;
        try
        {
            if (_reader is not null)
                await _reader.CompleteAsync().ConfigureAwait(false);
            if (_tls is not null)
                await _tls.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsDisconnect(e))
        {
        }
        finally
        {
            // What a peer that went silent has not taken is not worth keeping: reset instead of waiting for it.
            _socket.Close(resets: _aborted);
        }
    }

    /// <summary>True for what a peer can cause at any time by going away.</summary>
    public static bool IsDisconnect(Exception e) => e is IOException or SocketException or ObjectDisposedException;

    private async Task FinishSendingAsync(TlsStream tls)
    {
        await tls.SayGoodbyeAsync().ConfigureAwait(false);
        _socket.Shutdown(SocketShutdown.Send);
    }
}
