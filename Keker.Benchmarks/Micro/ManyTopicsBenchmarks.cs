using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Observability;

namespace Keker.Benchmarks.Micro;

/// <summary>
/// What a message to one client costs when several threads publish at once, as loops do, each to a thousand tokens: what threads cost one another. The time is that
/// of one thread a message, so it is the same for any number of threads that do not disturb one another and have a core each.
/// </summary>
[MemoryDiagnoser]
public class ManyTopicsBenchmarks
{
    private const int PayloadBytes = 64;
    private const int Tokens = 1000;
    private const int MostLoops = 2;
    private const int MessagesOfThread = 1_000_000;

    /// <summary>Without a common factor with the number of tokens: threads begin apart, and meet seldom.</summary>
    private const int Step = 377;

    private readonly byte[][] _tokens = [.. Enumerable.Range(0, Tokens * MostLoops).Select(n => Encoding.ASCII.GetBytes($"token-{n}"))];
    private MessageBroker _broker = null!;

    /// <summary>Threads that publish.</summary>
    [Params(1, MostLoops)]
    public int Loops { get; set; }

    /// <summary>Whether all publish to the same tokens. What one thread has written of a topic the next one then fetches from its core.</summary>
    [Params(false, true)]
    public bool AreShared { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _broker = new MessageBroker(new BrokerContext(new BrokerLimits(), new MonotonicClock(TimeProvider.System), new Counters()));
        foreach (byte[] token in _tokens)
            _broker.Subscribe(new Session(new DiscardingTransport(), _broker.Context), token);
    }

    [GlobalCleanup]
    public void Cleanup() => _broker.Dispose();

    [Benchmark(OperationsPerInvoke = MessagesOfThread)]
    public void PublishAndFlush()
    {
        Thread[] threads = [.. Enumerable.Range(0, Loops).Select(loop => new Thread(() => Publish(AreShared ? 0 : loop * Tokens, loop * Tokens / Loops)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }

    private void Publish(int offset, int first)
    {
        var publication = Publication.Create(new ReadOnlySequence<byte>(new byte[PayloadBytes]), binary: false);
        var dirty = new DirtyTopics();
        int token = first;
        for (int i = 0; i < MessagesOfThread; i++)
        {
            _broker.Publish(_tokens[offset + token], publication, dirty);
            _broker.Flush(dirty);
            token = (token + Step) % Tokens;
        }
    }
}
