using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Keker.Protocol.Http;
using Keker.Server.Http;
using Keker.Server.Net;
using Keker.Tests.Server.Net;

namespace Keker.Tests.Server.Http;

/// <summary>Feeds one connection's input to a request reader, piece by piece, and keeps what it would send.</summary>
internal sealed partial class Answers : IAsyncDisposable
{
    private readonly SocketPair _sockets = SocketPair.Create();
    private readonly Connection _connection;
    private readonly TestServer _server;
    private readonly RequestReader _reader;
    private readonly AnswerSender _sender;
    private readonly HttpExchange _exchange = new();
    private readonly ArrayBufferWriter<byte> _received = new();
    private readonly DateHeader _date;
    private byte[] _left = [];

    public Answers(TestServer server, bool isAdmin = false)
    {
        _server = server;
        _date = new DateHeader(server.Context.Clock);
        _connection = new Connection(new EngineSocket(_sockets.Server), isAdmin, server.Context.Clock);
        _sender = new AnswerSender(_connection, new HttpDeadline(server.Context.Clock), server.Context);
        _reader = new RequestReader(server.Context);
    }

    /// <summary>All answers so far. One that had to wait comes when it is known, on another thread.</summary>
    public string Text
    {
        get
        {
            while (_sockets.Client.Available > 0)
                _received.Advance(_sockets.Client.Receive(_received.GetSpan(_sockets.Client.Available)));
            return Encoding.UTF8.GetString(_received.WrittenSpan);
        }
    }

    /// <summary>Their status codes.</summary>
    public int[] Statuses => [.. StatusLine().Matches(Text).Select(match => int.Parse(match.Groups[1].Value, null))];

    public HttpExchange Exchange => _exchange;

    /// <summary>Bytes that have arrived and are not consumed.</summary>
    public int LeftOver => _left.Length;

    /// <summary>More has arrived: reads until it wants more still, as the session does.</summary>
    /// <param name="bytes">What has arrived.</param>
    /// <param name="segments">Into how many buffers it is laid.</param>
    public ReadOutcome Feed(ReadOnlySpan<byte> bytes, int segments = 1)
    {
        _left = [.. _left, .. bytes];
        while (true)
        {
            ReadOnlySequence<byte> input = Cut(_left, segments);
            _exchange.Begin(_sender, _date);
            ReadOutcome outcome = _reader.Read(_exchange, ref input);
            _left = input.ToArray();
            _server.Broker.Flush(_exchange.Dirty);
            Assert.That(_sender.SendAsync(_exchange).AsTask().GetAwaiter().GetResult(), "the peer is there");
            _ = Text;
            if (outcome != ReadOutcome.AnswersFull || _sender.IsFull)
                return outcome;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _sockets.Dispose();
    }

    private static ReadOnlySequence<byte> Cut(byte[] bytes, int segments)
    {
        if (segments <= 1 || bytes.Length < segments)
            return new ReadOnlySequence<byte>(bytes);
        int length = bytes.Length / segments;
        var first = new BufferSegment(bytes.AsMemory(0, length), null);
        BufferSegment last = first;
        for (int i = 1; i < segments; i++)
            last = new BufferSegment(i == segments - 1 ? bytes.AsMemory(i * length) : bytes.AsMemory(i * length, length), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    [GeneratedRegex(@"HTTP/1\.1 (\d+) ")]
    private static partial Regex StatusLine();
}
