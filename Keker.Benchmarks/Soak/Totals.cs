using Keker.Server.Observability;

namespace Keker.Benchmarks.Soak;

/// <summary>What the whole load has counted so far. Thread-safe.</summary>
internal sealed class Totals
{
    /// <summary>So many findings are told with their circumstances; the rest only counts.</summary>
    private const int MostTold = 30;

    private int _told;

    public Counter Published { get; } = new();

    public Counter Delivered { get; } = new();

    public Counter Lost { get; } = new();

    public Counter Duplicated { get; } = new();

    public Counter Reordered { get; } = new();

    public Counter Misrouted { get; } = new();

    public Counter Corrupted { get; } = new();

    /// <summary>Connections of readers that keep up, ended by the server.</summary>
    public Counter Broken { get; } = new();

    /// <summary>Publishes answered with something else than they should be, or not at all.</summary>
    public Counter BadAnswers { get; } = new();

    public Counter Broadcasts { get; } = new();

    public Counter Reconnects { get; } = new();

    public Counter Resets { get; } = new();

    public Counter FromCache { get; } = new();

    public Counter SlowClosed { get; } = new();

    public Counter SlowKept { get; } = new();

    public Counter BadInputs { get; } = new();

    /// <summary>Bad input after which the connection did not end as it should.</summary>
    public Counter BadInputsTolerated { get; } = new();

    /// <summary>Every number with its name, and whether the run fails when it is not zero.</summary>
    public IEnumerable<(string Name, long Value, bool MustBeZero)> All =>
    [
        ("published", Published.Value, false),
        ("broadcasts", Broadcasts.Value, false),
        ("delivered and verified", Delivered.Value, false),
        ("reconnects", Reconnects.Value, false),
        ("left by reset", Resets.Value, false),
        ("delivered from the cache", FromCache.Value, false),
        ("slow readers closed", SlowClosed.Value, false),
        ("bad inputs", BadInputs.Value, false),
        ("lost", Lost.Value, true),
        ("duplicated", Duplicated.Value, true),
        ("out of order", Reordered.Value, true),
        ("misrouted", Misrouted.Value, true),
        ("corrupted", Corrupted.Value, true),
        ("broken connections", Broken.Value, true),
        ("wrong answers", BadAnswers.Value, true),
        ("slow readers kept", SlowKept.Value, true),
        ("bad inputs tolerated", BadInputsTolerated.Value, true),
    ];

    public void Find(Counter counter, string what, long count = 1)
    {
        counter.Add(count);
        int told = Interlocked.Increment(ref _told);
        if (told <= MostTold)
            Console.Error.WriteLine($"soak: {what}");
        if (told == MostTold)
            Console.Error.WriteLine("soak: further findings are only counted");
    }
}
