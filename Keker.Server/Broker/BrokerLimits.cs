namespace Keker.Server.Broker;

/// <summary>The bounds the broker works within; the options set the first of them.</summary>
internal sealed record BrokerLimits
{
    /// <summary>Bytes that a member may fall behind the head of its topic; half of it is the room publishers have.</summary>
    public long Lag { get; init; } = 4 << 20;

    /// <summary>Younger publications are kept beyond <see cref="Lag"/>, up to <see cref="LagTimeFactor"/> times as many bytes.</summary>
    public TimeSpan LagTime { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>See <see cref="LagTime"/>.</summary>
    public const int LagTimeFactor = 4;

    /// <summary>How long a publication waits for its recipient; zero turns caching off.</summary>
    public TimeSpan Cache { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a broken position holds; zero: not at all.</summary>
    public TimeSpan Resume { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Bytes of one topic that wait, and as many that are kept until they are confirmed.</summary>
    public int CacheSize { get; init; } = 256 << 10;

    /// <summary>
    /// Cached bytes in all, what the entries themselves cost included. As many again may be kept until they are confirmed, beyond which nothing is
    /// kept for confirmation.
    /// </summary>
    public long CacheMemory { get; init; } = 64 << 20;

    /// <summary>Bytes of all logs together beyond which publishes are refused.</summary>
    public long LogMemory { get; init; } = 1L << 30;

    /// <summary>Bytes of all subscriptions to topics by name, with these topics, beyond which nobody may subscribe to another one.</summary>
    public long SubscriptionMemory { get; init; } = 1L << 30;

    /// <summary>What a subscription costs, in bytes: the object (112), its places in the topic's and the session's tables while these grow.</summary>
    public const int SubscriptionBytes = 192;

    /// <summary>What a topic costs beside its name, in bytes: the objects (about 550) and its place in the table of topics.</summary>
    public const int TopicBytes = 640;

    /// <summary>Publishers that may wait for room in one topic; more are refused. Each holds a connection, so this bounds a pile-up.</summary>
    public int MostWaitingPublishers { get; init; } = 4096;

    /// <summary>Members up to which a pass runs where the publish was parsed: a hop to a worker costs more than so many sends.</summary>
    public int SmallPass { get; init; } = 64;

    /// <summary>
    /// Bytes that unfinished writes over TLS keep alive, before such writes fall back to one publication each. Also the bytes of built frames that
    /// unfinished writes keep alive, before who would add another one is closed as slow.
    /// </summary>
    public long UnfinishedWrites { get; init; } = 64 << 20;

    /// <summary>
    /// The largest payload that is deflated on a thread that serves sockets: 40 µs, as much as a few sends. Larger ones are deflated by the
    /// fan-out workers, and go plain to whoever they cannot be deflated for in time.
    /// </summary>
    public const int MostBytesToDeflateInline = 16 << 10;

    /// <summary>Topics that one session may subscribe to by name: each is looked at with every confirmation.</summary>
    public const int MostTopics = 100;

    /// <summary>Publishers that may wait for confirmations at a time; each holds its connection, and some 200 bytes for each topic.</summary>
    public const int MostReceipts = 65_536;

    /// <summary>Sessions of a token that are pinged in one go for those that come back: half a millisecond of sends.</summary>
    public const int MostAskedAtOnce = 64;

    /// <summary>New sessions that are sent their first messages where an answer was read; more of them are sent theirs on a thread that has the time.</summary>
    public const int MostStartedAtOnce = 16;

    /// <summary>Members of one topic whose confirmations are looked at one by one.</summary>
    public const int MostMembersLookedAt = 64;

    /// <summary>
    /// By then every session has confirmed what it was sent, or was ended: the server's timeout for a pong and the beats around it. What was
    /// sent to a crowd is kept so long.
    /// </summary>
    public TimeSpan ConfirmTime { get; init; } = TimeSpan.FromSeconds(18);

    /// <summary>Threads for large passes.</summary>
    public int FanOutWorkers { get; init; } = Environment.ProcessorCount;
}
