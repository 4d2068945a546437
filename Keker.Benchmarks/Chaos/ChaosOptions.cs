using System.Globalization;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>How much chaos, and for how long.</summary>
internal sealed record ChaosOptions
{
    public const string Usage = """
        Usage: Keker.Benchmarks soak --chaos [MINUTES] [OPTION]...

        Starts the kekerd that the environment variable KEKERD names, else out/kekerd.

          MINUTES           how long connections are cut (3)
          --clients N       clients whose connections are cut, each with a token of its own (300)
          --tagged PERCENT  how many of them speak keker.v2, and get everything exactly once (33)
          --topics N        named topics; every other client is subscribed to one of them (20)
          --rate N          messages a second for each token and topic (4)
          --heavy N         how many of the clients get large messages instead, more than the kernel buffers of a dead connection take (4)
          --leaves 0|1      whether clients break with a Close 1001, too, as pages that are left (1)
          --crowd N         sessions of one token, of which some are cut silently all the time and are back at once; 0 or at least 100 (500)
          --picky N         clients with a read limit, that close with 1009 and miss nothing but what is longer (6)
          --restarts N      how often the server gets SIGTERM, has to deliver what was published, and is started again (1)
          --tls N           clients of a second server at the same time, that speaks TLS; without a crowd (60)
          --resume SECONDS  --resume of the server (120); most clients are back within 2 s
          --away SECONDS    how long some of those whose network fell silent are away (90); more than --resume, and they may miss something
          --room BYTES      --cache-size of the server, too small for all, but for the largest message: what falls out must be counted, and told where there are ids (0: as much
                            as is needed); without restarts
          --seed N          makes the times and kinds of all cuts (1)
        """;

    /// <summary>Bytes of a message on average, generously: the server has to keep so many of each that went out since the oldest break it remembers.</summary>
    private const int KeptBytes = 4 << 10;

    /// <summary>Seconds that a dead connection goes unnoticed at most.</summary>
    private const int UnnoticedSeconds = 40;

    /// <summary>Fewer sessions of a token are told apart, and one may miss what another has that looks like it.</summary>
    private const int LeastCrowd = 100;

    /// <summary>Of the clients with TLS; each has a topic for a handful of subscribers.</summary>
    private const int TlsTopics = 5;

    private const int LeastCacheSize = 1 << 20;

    /// <summary>Both together and the picky ones are fewer than the numbers that a message has room for.</summary>
    private const int MostClients = 0xE000;
    private const int MostTopics = 0xFFF;

    private const int Percent = 100;

    /// <summary>Every so many-th client is subscribed to a topic.</summary>
    private const int SubscribedEach = 2;

    /// <summary>Messages a second to a client that gets large ones.</summary>
    public const int HeavyRate = 5;

    public double Minutes { get; private init; } = 3;

    public int Clients { get; private init; } = 300;

    public int TaggedPercent { get; private init; } = 33;

    public int Topics { get; private init; } = 20;

    public int Rate { get; private init; } = 4;

    public int Heavy { get; private init; } = 4;

    public bool Leaves { get; private init; } = true;

    public int Crowd { get; private init; } = 500;

    public int Picky { get; private init; } = 6;

    public int Restarts { get; private init; } = 1;

    public int TlsClients { get; private init; } = 60;

    public int ResumeSeconds { get; private init; } = 120;

    public int AwaySeconds { get; private init; } = 90;

    public int Room { get; private init; }

    public int Seed { get; private init; } = 1;

    /// <summary>Large enough that nothing is dropped for want of room, also to a token that gets more than its share for a while.</summary>
    public int CacheSize => Room > 0 ? Room : Math.Max(LeastCacheSize, Math.Max(Rate * KeptBytes, Heavy > 0 ? 2 * HeavyRate * Payload.MaxLength : 0) * (ResumeSeconds + UnnoticedSeconds));

    public string[] ServerOptions =>
    [
        "--drain", "300ms", "--resume", $"{ResumeSeconds}s", "--cache-size", $"{CacheSize}", "--cache-memory", $"{1 << 30}",
    ];

    /// <summary>What happens to the server that speaks TLS, at the same time.</summary>
    public ChaosOptions ForTls() => this with { Clients = TlsClients, Topics = Math.Min(Topics, TlsTopics), Heavy = Math.Min(Heavy, 1), Picky = Math.Min(Picky, 2), Crowd = 0 };

    /// <summary>Differs for every client and publisher, and is the same in every run.</summary>
    public int SeedOf(int index) => unchecked(((Seed * 397) ^ index) * 0x5BD1E995) & int.MaxValue;

    /// <summary>Whether a client speaks keker.v2; they are spread evenly.</summary>
    public bool IsTagged(int client) => (client + 1) * TaggedPercent / Percent > client * TaggedPercent / Percent;

    /// <summary>The topic that a client is subscribed to; null for none.</summary>
    public int? TopicOf(int client) => Topics == 0 || client % SubscribedEach != 0 ? null : client / SubscribedEach % Topics;

    /// <returns>Null when they are not understood.</returns>
    public static ChaosOptions? Parse(string[] args)
    {
        var options = new ChaosOptions();
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i].StartsWith("--", StringComparison.Ordinal))
            {
                if (i + 1 == args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value))
                    return null;
                if (options.With(args[i++], value) is not { } changed)
                    return null;
                options = changed;
            }
            else if (double.TryParse(args[i], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double minutes) && minutes > 0)
            {
                options = options with { Minutes = minutes };
            }
            else
            {
                return null;
            }
        }
        return options;
    }

    private ChaosOptions? With(string option, int value) => option switch
    {
        "--clients" when value is > 0 and < MostClients => this with { Clients = value },
        "--tagged" when value <= Percent => this with { TaggedPercent = value },
        "--topics" when value < MostTopics => this with { Topics = value },
        "--heavy" when value >= 0 => this with { Heavy = value },
        "--rate" when value > 0 => this with { Rate = value },
        "--leaves" when value is 0 or 1 => this with { Leaves = value == 1 },
        "--crowd" when value is 0 or (>= LeastCrowd and < MostClients) => this with { Crowd = value },
        "--picky" when value < MostTopics => this with { Picky = value },
        "--restarts" => this with { Restarts = value },
        "--tls" when value < MostClients => this with { TlsClients = value },
        "--resume" when value > 0 => this with { ResumeSeconds = value },
        "--away" => this with { AwaySeconds = value },
        "--room" when value is 0 or >= Payload.MaxLength => this with { Room = value, Restarts = value > 0 ? 0 : Restarts },
        "--seed" => this with { Seed = value },
        _ => null,
    };
}
