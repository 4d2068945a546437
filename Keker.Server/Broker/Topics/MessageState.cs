namespace Keker.Server.Broker.Topics;

/// <summary>What has become of a message at one session.</summary>
internal enum MessageState
{
    /// <summary>It has arrived.</summary>
    Confirmed,

    /// <summary>It was handed to the kernel, or is being handed to it.</summary>
    UnderWay,

    /// <summary>It is its turn later.</summary>
    NotSent,

    /// <summary>It is not sent it: its client cannot take it, or its time was up when the client came.</summary>
    Skipped,

    /// <summary>The session set out behind it.</summary>
    Later,
}
