using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Observability;
using Keker.Server.Presence;

namespace Keker.Benchmarks.Micro;

/// <summary>What the lists of sessions and of who is online cost with a hundred thousand of each, and what a publish costs while somebody reads them all the time.</summary>
[MemoryDiagnoser]
public class ListingBenchmarks
{
    private const int Sessions = 100_000;
    private const int BufferBytes = 64 * 1024;
    private static readonly byte[] Room = "room"u8.ToArray();

    private readonly Publication _publication = Publication.Create(new ReadOnlySequence<byte>(new byte[64]), binary: false);
    private readonly byte[][] _tokens = [.. Enumerable.Range(0, Sessions).Select(n => Encoding.ASCII.GetBytes($"token-{n}"))];
    private readonly DirtyTopics _dirty = new();
    private MessageBroker _broker = null!;
    private PresenceState _presence = null!;
    private Thread? _reader;
    private volatile bool _isOver;
    private int _next;

    /// <summary>Whether another thread reads the lists meanwhile, one after another.</summary>
    [Params(false, true)]
    public bool Beside { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _broker = new MessageBroker(new BrokerContext(new BrokerLimits(), new MonotonicClock(TimeProvider.System), new Counters()));
        _presence = new PresenceState(_broker.Context);
        foreach (byte[] token in _tokens)
        {
            var session = new Session(new DiscardingTransport(), _broker.Context);
            _broker.Subscribe(session, token);
            if (_broker.TryJoinTopic(session, Room, resume: null, out JoinResult joined))
                _broker.Deliver(joined);
        }
        if (!Beside)
            return;
        _reader = new Thread(ReadAllTheTime);
        _reader.Start();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _isOver = true;
        _reader?.Join();
        _broker.Dispose();
    }

    [Benchmark]
    public void Publish()
    {
        _broker.Publish(_tokens[_next], _publication, _dirty);
        _broker.Flush(_dirty);
        _next = (_next + 1) % Sessions;
    }

    [Benchmark]
    public long SessionsOfTopic() => Read(new SessionList(new SessionQuery(TopicKind.Named, Room, Id: null), _broker.Context));

    [Benchmark]
    public long Online() => Read(new OnlineList(_presence, _broker.Context));

    private static long Read(ILongAnswer list)
    {
        using ILongAnswer answer = list;
        var output = new ArrayBufferWriter<byte>(BufferBytes);
        long bytes = 0;
        bool hasMore = true;
        while (hasMore)
        {
            hasMore = answer.TryWrite(output);
            bytes += output.WrittenCount;
            output.ResetWrittenCount();
        }
        return bytes;
    }

    private void ReadAllTheTime()
    {
        while (!_isOver)
        {
            SessionsOfTopic();
            Online();
        }
    }
}
