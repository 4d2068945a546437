using System.Diagnostics;
using System.Net.Sockets;
using System.Numerics;
using Keker.Benchmarks.Load.Framing;
using Keker.Benchmarks.Load.Measures;
using Keker.Benchmarks.Load.Options;

namespace Keker.Benchmarks.Load;

/// <summary>
/// A connection that publishes whenever fewer than the allowed messages are in flight: answered, and received by all who should. Whoever makes
/// room calls <see cref="Pump"/>, on any thread.
/// </summary>
internal sealed class LoadPublisher : IDisposable
{
    private const int LeastOutput = 256 << 10;
    private const int InputSize = 256 << 10;

    private const int Idle = 0;
    private const int Busy = 1;
    private const int BusyAgain = 2;

    private readonly Traffic _traffic;
    private readonly int _index;
    private readonly int _allowed;
    private readonly int _firstToken;
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly SocketAsyncEventArgs _send = new();
    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(InputSize, pinned: true);
    private readonly byte[] _output;
    private int _inputLength;
    private int _outputLength;
    private volatile bool _isSending;

    /// <summary>Subscribers that still lack a message; places of messages long done are used again.</summary>
    private readonly int[] _lacking = [];

    /// <summary>When what is not answered was sent.</summary>
    private readonly long[] _sentAt;

    private int _gate;
    private volatile bool _isStopped = true;
    private long _published;
    private long _answered;
    private long _arrived;
    private long _refused;

    public LoadPublisher(Traffic traffic, int index, int allowed)
    {
        _traffic = traffic;
        _index = index;
        _allowed = allowed;
        LoadOptions options = traffic.Options;
        _firstToken = (int)((long)index * traffic.Tokens / options.Publishers);
        _output = GC.AllocateUninitializedArray<byte>(Math.Max(LeastOutput, options.Size + traffic.PublishHead(0).Length), pinned: true);
        if (options.Mode == LoadMode.Fanout)
            _lacking = new int[4 * (int)BitOperations.RoundUpToPowerOf2((uint)allowed)];
        _sentAt = new long[BitOperations.RoundUpToPowerOf2((uint)allowed)];
        _socket = new Socket(traffic.Server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _receive.Completed += (_, _) => OnReceived();
        _send.Completed += (_, _) => OnSent();
    }

    public long Published => Volatile.Read(ref _published);

    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Answers that say that a message was not taken.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Why the first of them was.</summary>
    public string? Refusal { get; private set; }

    public bool IsDone => Published == Answered && (_traffic.Options.Mode == LoadMode.Http || Published == Volatile.Read(ref _arrived));

    /// <exception cref="SocketException">The server cannot be reached.</exception>
    public async Task ConnectAsync(CancellationToken stop)
    {
        await _socket.ConnectAsync(_traffic.Server, stop);
        _socket.Blocking = false;
        Receive();
    }

    public void Start()
    {
        _isStopped = false;
        Pump();
    }

    public void Stop() => _isStopped = true;

    /// <summary>How many messages were for this token; tokens are taken in turn.</summary>
    public long PublishedTo(int token)
    {
        int tokens = _traffic.Tokens;
        int turn = (token - _firstToken + tokens) % tokens;
        return (Published - turn + tokens - 1) / tokens;
    }

    /// <summary>A subscriber has got the message.</summary>
    /// <returns>Whether all have, so that there may be room for another one.</returns>
    public bool HasArrived(uint number)
    {
        if (_lacking.Length > 0 && Interlocked.Decrement(ref _lacking[number & (uint)(_lacking.Length - 1)]) != 0)
            return false;
        Interlocked.Increment(ref _arrived);
        return true;
    }

    /// <summary>Publishes what there is room for. Never waits: if another thread is at it, that one goes round again.</summary>
    public void Pump()
    {
        if (Interlocked.Exchange(ref _gate, BusyAgain) != Idle)
            return;
        do
        {
            Interlocked.Exchange(ref _gate, Busy);
            while (!_isSending && Fill())
                Send();
        }
        while (Interlocked.CompareExchange(ref _gate, Idle, Busy) != Busy);
    }

    public void Dispose()
    {
        _isStopped = true;
        _socket.Dispose();
        _receive.Dispose();
        _send.Dispose();
    }

    private bool HasRoom()
    {
        long done = Answered;
        if (_traffic.Options.Mode != LoadMode.Http)
            done = Math.Min(done, Volatile.Read(ref _arrived));
        return !_isStopped && _published - done < _allowed;
    }

    /// <returns>Whether there is anything to send.</returns>
    private bool Fill()
    {
        int size = _traffic.Options.Size;
        int tokens = _traffic.Tokens;
        _outputLength = 0;
        while (HasRoom())
        {
            int token = (int)((_firstToken + _published) % tokens);
            ReadOnlySpan<byte> head = _traffic.PublishHead(token);
            if (_outputLength + head.Length + size > _output.Length)
                break;
            uint number = (uint)(_published / tokens);
            long now = Stopwatch.GetTimestamp();
            Span<byte> output = _output.AsSpan(_outputLength);
            head.CopyTo(output);
            Span<byte> body = output.Slice(head.Length, size);
            Filler.Of(number, size - MessageHead.Length).CopyTo(body[MessageHead.Length..]);
            new MessageHead(false, _traffic.Run, _index, number, now, token).Write(body);
            if (_lacking.Length > 0)
                Volatile.Write(ref _lacking[number & (uint)(_lacking.Length - 1)], _traffic.Options.Connections);
            _sentAt[_published & (_sentAt.Length - 1)] = now;
            _outputLength += head.Length + size;
            Volatile.Write(ref _published, _published + 1);
        }
        return _outputLength > 0;
    }

    private void Send()
    {
        int sent = _socket.Send(_output.AsSpan(0, _outputLength), SocketFlags.None, out SocketError error);
        if (error is not (SocketError.Success or SocketError.WouldBlock) || sent == _outputLength)
            return;
        _isSending = true;
        sent = Math.Max(sent, 0);
        _send.SetBuffer(_output, sent, _outputLength - sent);
        if (!_socket.SendAsync(_send))
            _isSending = false;
    }

    private void OnSent()
    {
        _isSending = false;
        try
        {
            Pump();
        }
        catch (ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private void Receive()
    {
        do
            _receive.SetBuffer(_input, _inputLength, _input.Length - _inputLength);
        while (!_socket.ReceiveAsync(_receive) && TakeAnswers());
    }

    private void OnReceived()
    {
        try
        {
            if (TakeAnswers())
                Receive();
        }
        catch (ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private bool TakeAnswers()
    {
        if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
        {
            Refuse("the server has closed the connection of a publisher");
            return false;
        }
        _inputLength += _receive.BytesTransferred;
        long now = Stopwatch.GetTimestamp();
        ReadOnlySpan<byte> input = _input.AsSpan(0, _inputLength);
        Tally tally = _traffic.Tally;
        bool isHttp = _traffic.Options.Mode == LoadMode.Http;
        while (AnswerReader.TryRead(ref input, out int status))
        {
            if (status is not (>= 200 and < 300) && !(status == 404 && isHttp))
                Refuse(status == 0 ? "a publish was answered with something not understood (Content-Length is needed)" : $"a publish was answered with {status}");
            if (isHttp && _traffic.IsMeasuring)
                tally.Latency.Add(Traffic.Nanoseconds(now - _sentAt[_answered & (_sentAt.Length - 1)]));
            Volatile.Write(ref _answered, _answered + 1);
        }
        input.CopyTo(_input);
        _inputLength = input.Length;
        Pump();
        return true;
    }

    private void Refuse(string why)
    {
        if (_isStopped && IsDone)
            return;
        Refusal ??= why;
        Interlocked.Increment(ref _refused);
    }
}
