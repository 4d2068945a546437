namespace Keker.Benchmarks.Soak;

/// <summary>How much of everything: enough to meet every path all the time, and little enough for readers on a shared machine to keep up.</summary>
internal static class Load
{
    public const int Tokens = 50;
    public const int SubscribersPerToken = 6;

    /// <summary>Every so many-th steady subscriber negotiates permessage-deflate.</summary>
    public const int CompressedEach = 3;

    public const int Publishers = 10;
    public const int MessagesPerSecond = 2000;

    /// <summary>Requests that every other publisher sends before it reads the answers.</summary>
    public const int Pipelined = 10;

    /// <summary>Every so many-th body comes in chunks.</summary>
    public const int ChunkedEach = 16;

    /// <summary>Large messages to the token that slow readers choose.</summary>
    public const int HeavySubscribers = 4;
    public const int HeavyPerSecond = 20;

    public const int BroadcastsPerSecond = 2;
    public const int BroadcastBytes = 8 << 10;

    public const int Churners = 12;
    public const int SlowReaders = 4;
    public const int Abusers = 4;
    public const int SlowAbusers = 6;

    /// <summary>--lag of the server, which says when a slow reader has to go.</summary>
    public const int Lag = 4 << 20;

    /// <summary>--timeout of the server in seconds.</summary>
    public const int Timeout = 20;

    /// <summary>The longest wait for anything that has to happen, far beyond the deadlines of the server.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2 * Timeout);
}
