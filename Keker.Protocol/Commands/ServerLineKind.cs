namespace Keker.Protocol.Commands;

/// <summary>What a server says in tagged mode.</summary>
public enum ServerLineKind : byte
{
    /// <summary>Nothing that is known: of a later version, perhaps.</summary>
    Unknown,

    /// <summary>The answer to HELLO.</summary>
    Welcome,

    /// <summary>The answer to SUBSCRIBE.</summary>
    Subscribed,

    /// <summary>The answer to UNSUBSCRIBE.</summary>
    Unsubscribed,

    /// <summary>The answer to PING.</summary>
    Pong,

    /// <summary>A message.</summary>
    Message,

    /// <summary>Messages that are gone for good.</summary>
    Gap,

    /// <summary>A refused command.</summary>
    Error,
}
