namespace Keker.Protocol.Commands;

/// <summary>What <see cref="HelloCommand.Parse"/> found.</summary>
public enum HelloStatus : byte
{
    /// <summary>A HELLO with a valid AUTH_INFO.</summary>
    Ok,

    /// <summary>Anything else: the connection is closed with 1008.</summary>
    Malformed,
}
