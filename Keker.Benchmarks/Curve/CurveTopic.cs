using System.Buffers;
using System.Diagnostics;
using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Observability;

namespace Keker.Benchmarks.Curve;

/// <summary>One topic with a number of members whose clients cost nothing, and the measurements on it. For one thread.</summary>
internal sealed class CurveTopic : IDisposable
{
    private const int PayloadBytes = 64;
    private const int FewestSamples = 15;
    private const int MostSamples = 20_000;
    private const int PublishesPerSample = 32;
    private const int Seed = 1;

    private static readonly byte[] Token = [.. "token"u8];
    private static readonly TimeSpan SamplingTime = TimeSpan.FromMilliseconds(500);

    private readonly DirtyTopics _dirty = new();
    private readonly Publication _publication = Publication.Create(new ReadOnlySequence<byte>(new byte[PayloadBytes]), binary: false);
    private readonly MessageBroker _broker;
    private readonly CountingTransport[] _transports;
    private readonly Topic _topic;
    private long _published;
    private long _touched;

    /// <param name="members">Members of the topic.</param>
    /// <param name="shuffled">
    /// False: sessions lie in memory in the order in which a pass visits them, as on a server that has just filled up. True: in no order at all.
    /// </param>
    public CurveTopic(int members, bool shuffled)
    {
        // All passes run here, on the measuring thread.
        var limits = new BrokerLimits { SmallPass = int.MaxValue };
        _broker = new MessageBroker(new BrokerContext(limits, new MonotonicClock(TimeProvider.System), new Counters()));
        _transports = new CountingTransport[members];
        var joining = new (Session Session, CountingTransport Transport)[members];
        for (int i = 0; i < members; i++)
        {
            var transport = new CountingTransport();
            joining[i] = (new Session(transport, _broker.Context), transport);
        }
        if (shuffled)
            new Random(Seed).Shuffle(joining);
        for (int i = 0; i < members; i++)
        {
            _broker.Subscribe(joining[i].Session, Token);
            _transports[i] = joining[i].Transport;
        }
        _topic = _broker.Context.Topics.Find(Token)!;

        // Whatever lives long is where it stays before anything is measured.
        GC.Collect();
    }

    public void Dispose() => _broker.Dispose();

    public CurvePoint Measure()
    {
        Flush();
        double publish = Median(TimePublishes) / PublishesPerSample;
        double pass = Median(TimePass) / _transports.Length;
        double floor = Median(TimeFloor) / _transports.Length;
        long allocated = AllocatedByPass();
        Verify();
        return new CurvePoint(_transports.Length, pass, floor, publish, allocated);
    }

    private double TimePublishes()
    {
        // What the pass before has evicted from the caches is no part of their cost: as many go first.
        for (int i = 0; i < PublishesPerSample; i++)
            Publish();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < PublishesPerSample; i++)
            Publish();
        long end = Stopwatch.GetTimestamp();
        Flush();
        return Nanoseconds(start, end);
    }

    private double TimePass()
    {
        Publish();
        long start = Stopwatch.GetTimestamp();
        Flush();
        return Nanoseconds(start, Stopwatch.GetTimestamp());
    }

    private double TimeFloor()
    {
        // Nobody else runs passes, so this one needs no gate; it only makes the members visible.
        FlushPass pass = _topic.BeginPass();
        long start = Stopwatch.GetTimestamp();
        _touched += Touch(pass.Members);
        double elapsed = Nanoseconds(start, Stopwatch.GetTimestamp());
        _topic.EndPass(pass);
        return elapsed;
    }

    /// <summary>One field of each object, in the order of a pass. A session hides its transport, so transports come from an array.</summary>
    private long Touch(MemberSnapshot members)
    {
        long sum = 0;
        for (int i = 0; i < members.Count; i++)
        {
            Subscription member = members[i]!;
            sum += member.Cursor + (member.Session.Variant == Variant.Deflated ? 1 : 0) + _transports[i].Bytes;
        }
        return sum;
    }

    private long AllocatedByPass()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Publish();
        Flush();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private void Publish()
    {
        _broker.Publish(Token, _publication, _dirty);
        _published++;
    }

    private void Flush() => _broker.Flush(_dirty);

    private void Verify()
    {
        long expected = _published * _publication.Frame.Length;
        if (_touched == 0 || _transports.Any(transport => transport.Bytes != expected))
            throw new InvalidOperationException("a member did not get everything that was published");
    }

    /// <summary>A <see cref="TimeSpan"/> counts in steps of 100 ns: a pass over one member is not longer.</summary>
    private static double Nanoseconds(long start, long end) => (end - start) * (1e9 / Stopwatch.Frequency);

    private static double Median(Func<double> sample)
    {
        var samples = new List<double>();
        long start = Stopwatch.GetTimestamp();
        while (samples.Count < FewestSamples || (samples.Count < MostSamples && Stopwatch.GetElapsedTime(start) < SamplingTime))
            samples.Add(sample());
        samples.Sort();
        return samples[samples.Count / 2];
    }
}
