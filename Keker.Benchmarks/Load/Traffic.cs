using System.Diagnostics;
using System.Net;
using System.Text;
using Keker.Benchmarks.Load.Framing;
using Keker.Benchmarks.Load.Measures;
using Keker.Benchmarks.Load.Options;
using Keker.Benchmarks.Load.Peers;

namespace Keker.Benchmarks.Load;

/// <summary>What publishers and subscribers of one run have in common. Thread-safe but for <see cref="Publishers"/>, which is set before the run.</summary>
internal sealed class Traffic : IDisposable
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly ThreadLocal<Tally> _tallies = new(() => new Tally(), trackAllValues: true);
    private readonly byte[][] _publishHeads;
    private volatile bool _isMeasuring;
    private int _heard;
    private int _closed;
    private string? _closeReason;

    public Traffic(LoadOptions options, Peer peer, IPEndPoint server)
    {
        Options = options;
        Peer = peer;
        Server = server;
        Run = (uint)Random.Shared.NextInt64();
        Tokens = options.Mode is LoadMode.Fanout or LoadMode.Http ? 1 : options.Connections;
        _publishHeads = [.. Enumerable.Range(0, Tokens).Select(i => Encoding.ASCII.GetBytes(peer.PublishHead($"{server}", TokenName(i), options.Size)))];
    }

    public LoadOptions Options { get; }

    public Peer Peer { get; }

    public IPEndPoint Server { get; }

    /// <summary>In every message, so that those of other runs are left alone.</summary>
    public uint Run { get; }

    public int Tokens { get; }

    public IReadOnlyList<LoadPublisher> Publishers { get; set; } = [];

    /// <summary>Whether latencies are recorded.</summary>
    public bool IsMeasuring { get => _isMeasuring; set => _isMeasuring = value; }

    /// <summary>Subscribers that have received a probe.</summary>
    public int Heard => Volatile.Read(ref _heard);

    /// <summary>Sessions that ended though nobody here ended them.</summary>
    public int Closed => Volatile.Read(ref _closed);

    public string? CloseReason => Volatile.Read(ref _closeReason);

    /// <summary>The calling thread's own.</summary>
    public Tally Tally => _tallies.Value!;

    public IEnumerable<Tally> Tallies => _tallies.Values;

    public long Delivered => _tallies.Values.Sum(tally => tally.Delivered);

    public static long Nanoseconds(long ticks) => (long)(ticks * NanosecondsPerTick);

    public string TokenName(int token) => $"bench-{Run:x8}-{token:0000000}";

    /// <summary>A request up to its body.</summary>
    public ReadOnlySpan<byte> PublishHead(int token) => _publishHeads[token];

    /// <summary>Counts a message.</summary>
    /// <param name="subscriber">Who got it.</param>
    /// <param name="message">All of it.</param>
    /// <param name="now">The timestamp at which it was received.</param>
    /// <param name="tally">The calling thread's own.</param>
    /// <returns>The publisher that may publish again because of it, or null.</returns>
    public LoadPublisher? Take(LoadSubscriber subscriber, ReadOnlySpan<byte> message, long now, Tally tally)
    {
        if (!Peer.TryGetBody(ref message) || !MessageHead.TryRead(message, out MessageHead head) || head.Run != Run)
            return null;
        if (head.IsProbe)
        {
            if (subscriber.TryHear())
                Interlocked.Increment(ref _heard);
            return null;
        }
        if ((uint)head.LoadPublisher >= (uint)Publishers.Count || message.Length != Options.Size
            || (Options.Verify && !message[MessageHead.Length..].SequenceEqual(Filler.Of(head.Number, message.Length - MessageHead.Length))))
        {
            tally.Damaged++;
            return null;
        }
        if (head.Token != subscriber.Token)
        {
            tally.Misrouted++;
            return null;
        }
        switch (subscriber.Streams[head.LoadPublisher].Saw(head.Number))
        {
            case Arrival.Duplicate:
                tally.Duplicated++;
                return null;
            case Arrival.OutOfOrder:
                tally.OutOfOrder++;
                break;
        }
        tally.CountDelivered();
        if (_isMeasuring)
            tally.Latency.Add(Nanoseconds(now - head.Sent));
        LoadPublisher publisher = Publishers[head.LoadPublisher];
        return publisher.HasArrived(head.Number) ? publisher : null;
    }

    public void CountClosed(string reason)
    {
        Interlocked.Increment(ref _closed);
        Volatile.Write(ref _closeReason, reason);
    }

    public void Dispose() => _tallies.Dispose();
}
