namespace Keker.Server.Broker;

internal enum AppendOutcome
{
    /// <summary>In the log, on its way to the members.</summary>
    Appended,

    /// <summary>In the log, waiting for the first HELLO.</summary>
    Cached,

    /// <summary>Not appended: nobody is there; offer it to the cache.</summary>
    NoMembers,

    /// <summary>Not cached: somebody is there by now; append it.</summary>
    HasMembers,

    /// <summary>Not appended: the fan-out is too far behind; wait for room.</summary>
    NoRoom,

    /// <summary>Not appended: the topic left the table; look it up again.</summary>
    Retired,
}
