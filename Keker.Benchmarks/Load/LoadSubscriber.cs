using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Keker.Benchmarks.Load.Framing;
using Keker.Benchmarks.Load.Measures;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Load;

/// <summary>
/// A WebSocket that counts what it receives and answers pings. Everything happens on the thread that polls its socket, one receive at a time;
/// nothing is allocated for a message.
/// </summary>
internal sealed class LoadSubscriber : IDisposable
{
    private readonly Traffic _traffic;
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _operation = new();
    private readonly byte[] _buffer;
    private readonly Action<LoadSubscriber> _onSettled;
    private MessageCutter _messages;
    private string _head = "";
    private long _started;
    private bool _hasHeard;
    private volatile bool _isLeaving;

    /// <param name="traffic">The run.</param>
    /// <param name="token">Index of the own token.</param>
    /// <param name="bufferSize">Bytes for what is received at once.</param>
    /// <param name="onSettled">Called once, when the session is open or cannot be.</param>
    public LoadSubscriber(Traffic traffic, int token, int bufferSize, Action<LoadSubscriber> onSettled)
    {
        _traffic = traffic;
        Token = token;
        _onSettled = onSettled;
        _messages = new MessageCutter(traffic.Peer.EndOfMessage);
        _buffer = GC.AllocateUninitializedArray<byte>(bufferSize, pinned: true);
        _socket = new Socket(traffic.Server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _operation.Completed += (_, _) => OnCompleted();
    }

    public int Token { get; }

    /// <summary>One for each publisher.</summary>
    public StreamOrder[] Streams { get; private set; } = [];

    public bool IsOpen { get; private set; }

    /// <summary>Why the session could not be opened.</summary>
    public string? Failure { get; private set; }

    /// <summary>Begins to connect.</summary>
    /// <param name="from">The address to connect from, or null.</param>
    /// <param name="publishers">How many streams of messages to tell apart.</param>
    public void Start(IPAddress? from, int publishers)
    {
        Streams = new StreamOrder[publishers];
        if (from is not null)
            _socket.Bind(new IPEndPoint(from, 0));
        _operation.RemoteEndPoint = _traffic.Server;
        _started = Stopwatch.GetTimestamp();
        if (!_socket.ConnectAsync(_operation))
            OnCompleted();
    }

    /// <returns>True the first time.</returns>
    public bool TryHear() => !_hasHeard && (_hasHeard = true);

    public bool HasHeard => Volatile.Read(ref _hasHeard);

    /// <summary>What comes from now on does not count, nor that it ends.</summary>
    public void Leave() => _isLeaving = true;

    /// <summary>Ends the connection with a reset, so that no port waits for late segments.</summary>
    public void Dispose()
    {
        _isLeaving = true;
        if (_socket.Connected)
            _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
        _operation.Dispose();
    }

    private void OnCompleted()
    {
        try
        {
            bool isGood = _operation.LastOperation == SocketAsyncOperation.Connect ? OnConnected() : OnReceived();
            while (isGood && !_socket.ReceiveAsync(_operation))
                isGood = OnReceived();
        }
        catch (ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private bool OnConnected()
    {
        if (_operation.SocketError != SocketError.Success)
            return Fail($"connecting: {_operation.SocketError}");
        _socket.Blocking = false;
        _operation.SetBuffer(_buffer);
        return TrySend(Encoding.ASCII.GetBytes(_traffic.Peer.SubscribeHead($"{_traffic.Server}", _traffic.TokenName(Token))));
    }

    private bool OnReceived()
    {
        if (_operation.SocketError != SocketError.Success || _operation.BytesTransferred == 0)
            return Fail(_operation.BytesTransferred == 0 ? "cut off by the server" : $"receiving: {_operation.SocketError}");
        ReadOnlySpan<byte> input = _buffer.AsSpan(0, _operation.BytesTransferred);
        return (IsOpen || TakeHead(ref input)) && TakeMessages(input);
    }

    /// <summary>Collects the answer to the handshake.</summary>
    /// <returns>False when the connection is of no use.</returns>
    private bool TakeHead(ref ReadOnlySpan<byte> input)
    {
        _head += Encoding.Latin1.GetString(input);
        int end = _head.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            input = default;
            return _head.Length <= 16 << 10 || Fail("an endless answer to the handshake");
        }
        if (!_head.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal) || !_head[..end].Contains(Peers.Peer.Accept, StringComparison.Ordinal))
            return Fail($"the handshake was answered with {_head.Split('\r')[0]}");
        input = input[^(_head.Length - end - 4)..];
        _head = "";
        foreach (string text in _traffic.Peer.Hello(_traffic.TokenName(Token)))
        {
            if (!TrySend(ClientFrames.Make(OpCode.Text, Encoding.ASCII.GetBytes(text))))
                return false;
        }
        IsOpen = true;
        if (_traffic.IsMeasuring)
            _traffic.Tally.Latency.Add(Traffic.Nanoseconds(Stopwatch.GetTimestamp() - _started));
        _onSettled(this);
        return true;
    }

    private bool TakeMessages(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return true;
        long now = Stopwatch.GetTimestamp();
        Tally tally = _traffic.Tally;
        LoadPublisher? ready = null;
        bool isGood = true;
        while (isGood)
        {
            ScanResult result = _messages.Next(ref input, out ReadOnlySpan<byte> message);
            if (result == ScanResult.NeedMore)
                break;
            switch (result)
            {
                case ScanResult.Data:
                    LoadPublisher? publisher = _traffic.Take(this, message, now, tally);
                    if (publisher is not null && publisher != ready)
                    {
                        ready?.Pump();
                        ready = publisher;
                    }
                    break;
                case ScanResult.Ping:
                    isGood = TrySend(ClientFrames.Make(OpCode.Pong, message));
                    break;
                case ScanResult.Close:
                    isGood = Fail(message.Length < 2 ? "closed by the server" : $"closed by the server with {BinaryPrimitives.ReadUInt16BigEndian(message)}");
                    break;
                case ScanResult.Malformed:
                    isGood = Fail("a malformed frame");
                    break;
            }
        }
        ready?.Pump();
        return isGood;
    }

    /// <summary>Sends what always fits into the buffer of a connection on which nothing else is sent.</summary>
    private bool TrySend(byte[] bytes)
    {
        int sent = _socket.Send(bytes, SocketFlags.None, out SocketError error);
        return (error == SocketError.Success && sent == bytes.Length) || Fail($"sending: {error}");
    }

    /// <returns>False.</returns>
    private bool Fail(string reason)
    {
        bool wasOpen = IsOpen;
        IsOpen = false;
        if (_isLeaving)
            return false;
        if (wasOpen)
        {
            _traffic.CountClosed(reason);
        }
        else if (Failure is null)
        {
            Failure = reason;
            _onSettled(this);
        }
        return false;
    }
}
