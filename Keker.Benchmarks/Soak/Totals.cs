namespace Keker.Benchmarks.Soak;

/// <summary>What the whole load has counted so far. Thread-safe.</summary>
internal sealed class Totals
{
    /// <summary>So many findings are told with their circumstances; the rest only counts.</summary>
    private const int MostTold = 30;

    private int _told;

    public Tally Published { get; } = new();

    public Tally Delivered { get; } = new();

    public Tally Lost { get; } = new();

    public Tally Duplicated { get; } = new();

    public Tally Reordered { get; } = new();

    public Tally Misrouted { get; } = new();

    public Tally Corrupted { get; } = new();

    /// <summary>Connections of readers that keep up, ended by the server.</summary>
    public Tally Broken { get; } = new();

    /// <summary>Publishes answered with something else than they should be, or not at all.</summary>
    public Tally BadAnswers { get; } = new();

    public Tally Broadcasts { get; } = new();

    public Tally Reconnects { get; } = new();

    public Tally Resets { get; } = new();

    public Tally FromCache { get; } = new();

    public Tally SlowClosed { get; } = new();

    public Tally SlowKept { get; } = new();

    public Tally BadInputs { get; } = new();

    /// <summary>Bad input after which the connection did not end as it should.</summary>
    public Tally BadInputsTolerated { get; } = new();

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

    public void Find(Tally tally, string what, long count = 1)
    {
        tally.Add(count);
        int told = Interlocked.Increment(ref _told);
        if (told <= MostTold)
            Console.Error.WriteLine($"soak: {what}");
        if (told == MostTold)
            Console.Error.WriteLine("soak: further findings are only counted");
    }
}
