namespace Keker.Server.Options;

/// <summary>
/// Every fixed bound of the server that is not an option, with its reason. Bounds of a grammar (request line, header block, chunk size)
/// stand with its parser in Keker.Protocol.
/// </summary>
internal static class Limits
{
    // ---- Deadlines

    /// <summary>A handshake is two round trips and one signature; whoever needs longer holds memory without having shown anything.</summary>
    public static readonly TimeSpan TlsHandshakeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A proxy sends its header before all else, in one piece.</summary>
    public static readonly TimeSpan ProxyHeaderTimeout = TimeSpan.FromSeconds(2);

    /// <summary>From accept, or from the first byte of a later request, to the end of the head: drip-fed heads must not hold connections.</summary>
    public static readonly TimeSpan RequestHeadTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Between two requests of a connection: longer than load balancers keep theirs (60 s), or they would send a request into a connection that is
    /// being closed.
    /// </summary>
    public static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(75);

    /// <summary>A body has this long before its rate counts, so that one lost packet is not a failure.</summary>
    public static readonly TimeSpan BodyRateGrace = TimeSpan.FromSeconds(5);

    /// <summary>Slower than any modem; below it a body is an attack, answered with 408.</summary>
    public const int BodyMinimumBytesPerSecond = 240;

    /// <summary>A publisher takes no byte of its answers for so long: it does not read, and holds memory.</summary>
    public static readonly TimeSpan WriteStallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Bytes in flight that are not acknowledged for so long, and the network is gone: the connection is reset, its messages wait for the next HELLO.</summary>
    public static readonly TimeSpan NetworkSilence = TimeSpan.FromSeconds(15);

    /// <summary>A ping without an answer for so long, and it is looked at what TCP knows of the peer: most answer sooner, and are not worth a system call.</summary>
    public static readonly TimeSpan PingSuspicion = TimeSpan.FromSeconds(1);

    /// <summary>How often it is looked at what TCP knows of the reader of an event stream, who answers no pings: each time is a system call.</summary>
    public static readonly TimeSpan StreamSuspicion = TimeSpan.FromSeconds(5);

    /// <summary>A peer that is alive answers a Close in one round trip, and ends the connection in another one; then it is reset (RFC 6455 5.5.1, 7.1.1).</summary>
    public static readonly TimeSpan CloseHandshakeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A slow consumer does not read, so its Close can hardly be delivered: one try, then the memory is wanted back.</summary>
    public static readonly TimeSpan SlowConsumerCloseTimeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// After an error answer: input is read and dropped so that a reset does not destroy the answer (RFC 9112 9.6). Many clients write all of
    /// a body before they read.
    /// </summary>
    public static readonly TimeSpan LingeringCloseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>What is dropped at most while lingering, in units of --write-buffer: a client that sends more has stopped listening.</summary>
    public const int LingeringCloseFactor = 4;

    /// <summary>Connections that linger so long at a time; more get what <see cref="ShortLingerTimeout"/> and <see cref="ShortLingerBytes"/> allow.</summary>
    public const int LingeringConnections = 256;

    /// <summary>The same where nobody waits for an answer, or too many linger: enough for a client that listens.</summary>
    public static readonly TimeSpan ShortLingerTimeout = TimeSpan.FromSeconds(1);

    /// <summary>See <see cref="ShortLingerTimeout"/>.</summary>
    public const int ShortLingerBytes = 64 * 1024;

    /// <summary>One sweep over all deadlines: fine enough for the shortest of them, cheap with a million connections.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>What is read and dropped at most while a Close waits for its answer: a message of a browser that is longer than allowed, and not a flood.</summary>
    public const long CloseHandshakeBytes = 64L * 1024 * 1024;

    // ---- Accepting

    /// <summary>Absorbs everyone who reconnects at once after a restart; the kernel cuts it to net.core.somaxconn.</summary>
    public const int AcceptBacklog = 4096;

    /// <summary>First pause when descriptors have run out; it doubles up to <see cref="AcceptBackOffMax"/>, so that the loop never spins.</summary>
    public static readonly TimeSpan AcceptBackOffMin = TimeSpan.FromMilliseconds(10);

    /// <summary>Longest pause: service is back within a second once there are descriptors.</summary>
    public static readonly TimeSpan AcceptBackOffMax = TimeSpan.FromSeconds(1);

    /// <summary>Refused peers that are told so at a time; each takes a descriptor, of those kept in reserve, for a second at most.</summary>
    public const int RefusalsTold = 32;

    /// <summary>
    /// TLS handshakes under way at a time, some 30 KiB of OpenSSL each; the next ones wait for their turn. Who has said nothing yet takes nobody's place,
    /// nor does who says nothing for a second while others wait.
    /// </summary>
    public const int TlsHandshakes = 512;

    /// <summary>How long a client waits for its turn at most: clients give up by themselves sooner.</summary>
    public static readonly TimeSpan TlsHandshakeQueue = TimeSpan.FromSeconds(30);

    /// <summary>sockaddr_un holds 108 bytes on Linux and 104 on macOS, of which one is the terminating zero.</summary>
    public static readonly int UnixPathBytes = OperatingSystem.IsMacOS() ? 103 : 107;

    // ---- Unfinished input

    /// <summary>
    /// What strangers have begun and not finished may take one part in so many of the memory the process may use. Full-size bodies of 64
    /// publishers fit in a container of 256 MiB.
    /// </summary>
    public const int UnfinishedMemoryShare = 4;

    /// <summary>What a connection costs that has not said a word yet: its socket, its tasks, its slot. Measured: 3 to 4 KiB.</summary>
    public const int StrangerBytes = 4 * 1024;

    /// <summary>What a request that is not whole costs beside its bytes: the parsed head and what goes with it.</summary>
    public const int UnfinishedRequestBytes = 4 * 1024;

    /// <summary>What whoever waits for memory for a body whose length nobody knows waits for: it may need more, and then waits again.</summary>
    public const int UnfinishedPieceBytes = 64 * 1024;

    /// <summary>What a TLS handshake costs while it is under way: OpenSSL's session (30 KB measured), the stream's buffers.</summary>
    public const int TlsHandshakeBytes = 48 * 1024;

    /// <summary>When the budget is full the slowest are ended, until one part in so many of it is to come back.</summary>
    public const int UnfinishedRoomShare = 8;

    /// <summary>Nobody is called slow who began so short a time ago.</summary>
    public static readonly TimeSpan UnfinishedGrace = TimeSpan.FromSeconds(1);

    /// <summary>Subscriptions, some MiB in all where each is to a topic of its own, after which memory is looked at again.</summary>
    public const uint SubscribesPerMemoryCheck = 4096;

    /// <summary>With so little memory left that nothing is published, connections that are let in a second: enough to be asked how one is.</summary>
    public const int AcceptsUnderPressure = 256;

    // ---- Requests

    /// <summary>Pipelined requests that wait for their answers; more are read when these are answered.</summary>
    public const int PipelinedRequests = 1024;

    /// <summary>Unsent answers on one connection: a client that only writes must not fill our memory.</summary>
    public const int PipelinedAnswerBytes = 64 * 1024;

    /// <summary>Bytes of one connection that wait behind an answer that is not known yet: answers, and messages that wait for room.</summary>
    public const int PendingAnswerBytes = 2 << 20;

    /// <summary>What an answer that is waited for costs beside its bytes: as many as may wait fit the bound above.</summary>
    public const int PendingAnswerCost = 1 << 10;

    /// <summary>A token is an opaque name, and this is ample for one.</summary>
    public const int TokenBytes = 512;

    /// <summary>A signed token in the query of an event stream: with the rest of the request line it has to fit 8 KiB, percent-encoded.</summary>
    public const int StreamTokenBytes = 4096;

    /// <summary>Topics of one event stream: its id names a place in each, and comes with every event.</summary>
    public const int StreamTopics = 8;

    /// <summary>JSON writes one byte as six at worst (<c>\u0001</c>): what may be published is not refused for how it is escaped.</summary>
    public const int JsonBytesPerByte = 6;

    /// <summary>
    /// What a publish as JSON may have beside its data: 64 recipients of 512 bytes, escaped in the longest way, are 192 KiB; the rest is for the other members
    /// and for white space.
    /// </summary>
    public const int JsonMemberBytes = 256 * 1024;

    /// <summary>Far below the bound of the header block, far above any key that a generator makes.</summary>
    public const int PublishKeyBytes = 4096;

    /// <summary>How long a publish is known by its key: longer than any client goes on repeating a request.</summary>
    public static readonly TimeSpan IdempotencyTime = TimeSpan.FromMinutes(2);

    /// <summary>Keys remembered at a time, the oldest forgotten first: 500 publishes a second with a key, and 30 MB where each is as long as may be.</summary>
    public const int IdempotencyKeys = 64 * 1024;

    // ---- Who is here

    /// <summary>Tokens whose HELLO is refused at a time; each has at most 512 bytes.</summary>
    public const int RefusedTokens = 10_000;

    /// <summary>How long at most: by then the backend does not make tokens for that user any more.</summary>
    public static readonly TimeSpan LongestRefusal = TimeSpan.FromDays(1);

    /// <summary>Different user agents that are remembered: a large site sees a few thousand.</summary>
    public const int UserAgents = 4096;

    /// <summary>Bytes of each; browsers have under 200.</summary>
    public const int UserAgentBytes = 256;

    /// <summary>Open consoles that get the samples of each second: what they are sent is sent by the heartbeat.</summary>
    public const int ConsoleWatchers = 32;

    /// <summary>Long answers under way at a time: each takes a processor while its reader is quick.</summary>
    public const int LongAnswers = 16;

    /// <summary>For so long a token without a session is not offline: a page that reloads is back by then.</summary>
    public static readonly TimeSpan OfflineDelay = TimeSpan.FromSeconds(5);

    /// <summary>Events that wait for the backend, some 10 MB: a backend that is down for a minute misses nothing of a thousand a second.</summary>
    public const int HookEvents = 65_536;

    /// <summary>Events in one request: 100 KB, where tokens are not long.</summary>
    public const int HookEventsPerRequest = 500;

    /// <summary>What a backend has for its answer to events.</summary>
    public static readonly TimeSpan HookTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The bound of the first pause after events were not taken; it doubles up to <see cref="HookBackOffMax"/>.</summary>
    public static readonly TimeSpan HookBackOffMin = TimeSpan.FromMilliseconds(250);

    /// <summary>A backend that is up again is told within half a minute.</summary>
    public static readonly TimeSpan HookBackOffMax = TimeSpan.FromSeconds(30);

    /// <summary>At the end of the process, for the events that wait: the next one says that events are missing anyway.</summary>
    public static readonly TimeSpan HookEndTime = TimeSpan.FromSeconds(2);

    // ---- Messages from subscribers

    /// <summary>HELLO with the longest token and room for padding; nobody has shown an identity yet, so no more memory than that.</summary>
    public const int HelloMessageBytes = 1024;

    /// <summary>The same where it is checked who may: a signed token with room for padding.</summary>
    public const int CheckedHelloMessageBytes = 8 * 1024 + 512;

    /// <summary>What tokens may hold that wait for a check of their signature: some 20,000 of the usual size.</summary>
    public const long WaitingCheckBytes = 64L << 20;

    /// <summary>Fragments of the HELLO message: clients send it in one, proxies may cut it.</summary>
    public const int HelloMessageFragments = 4;

    /// <summary>Fragments of a message after HELLO; browsers send large messages in a few.</summary>
    public const int MessageFragments = 16;

    /// <summary>Data and unasked control frames per second and connection, on average: subscribers have nothing to say here.</summary>
    public const int InboundFramesPerSecond = 20;

    /// <summary>Frames that may come at once before <see cref="InboundFramesPerSecond"/> slows the reading down.</summary>
    public const int InboundFrameBurst = 200;

    /// <summary>Bytes that cost as much as a frame when a compressed message inflates to them: 65 bytes can become 50 KiB, 30 µs of work.</summary>
    public const int InflatedBytesPerFrame = 1024;

    /// <summary>Held back for this long without a pause, a connection is flooding and is closed with 1008.</summary>
    public static readonly TimeSpan InboundFloodTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Messages that /v1/echo sends back: as large as conformance suites have them.</summary>
    public const int EchoMessageBytes = 16 * 1024 * 1024;

    // ---- Delivery

    /// <summary>Up to here a pass runs where the publish was parsed: it saves a thread hop and holds that thread for half a millisecond at most.</summary>
    public const int SmallPassMembers = 64;

    /// <summary>Bytes in one encoded batch: what one send moves well and the processor's cache keeps; under TLS it is held until written in full.</summary>
    public const int BatchBytes = 64 * 1024;

    /// <summary>TCP_NOTSENT_LOWAT of subscribers: a peer that never reads otherwise swallows megabytes of kernel memory.</summary>
    public const int NotSentLowWaterBytes = 128 * 1024;

    /// <summary>All logs together may take one part in so many of the memory the process may use; beyond it publishes are refused.</summary>
    public const int LogMemoryShare = 4;

    /// <summary>Subscriptions to topics by name, with these topics, may take one part in so many of it; beyond it SUBSCRIBE is refused.</summary>
    public const int SubscriptionMemoryShare = 4;

    // ---- Log

    /// <summary>A certificate that ends sooner is worth a warning a day: whoever renews by hand has time for it, and automata have failed twice by then.</summary>
    public static readonly TimeSpan CertificateWarning = TimeSpan.FromDays(14);

    /// <summary>Lines that wait to be written; more are dropped. It bridges a reader that is busy for a moment, at DEBUG in a storm.</summary>
    public const int LogLinesWaiting = 1024;

    /// <summary>Lines of one kind in a second, of those that strangers can cause: enough to see what happens, and a disk lasts for months.</summary>
    public const int LogLinesPerSecond = 50;
}
