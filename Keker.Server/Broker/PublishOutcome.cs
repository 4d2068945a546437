namespace Keker.Server.Broker;

internal enum PublishOutcome
{
    /// <summary>On its way to at least one session.</summary>
    Published,

    /// <summary>Nobody is there; it waits for the first HELLO.</summary>
    Cached,

    /// <summary>Nobody is there, and it was not kept.</summary>
    NotFound,

    /// <summary>The fan-out is too far behind: flush what is dirty, wait for room, publish again.</summary>
    NoRoom,

    /// <summary>Not appended: the topic has left its table; look it up again. No publisher sees this.</summary>
    Retired,

    /// <summary>All logs together are at their bound.</summary>
    OutOfMemory,
}
