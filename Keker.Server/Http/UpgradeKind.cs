namespace Keker.Server.Http;

/// <summary>What an HTTP connection has become.</summary>
internal enum UpgradeKind
{
    /// <summary>Nothing else: it is still HTTP, or over.</summary>
    None,

    /// <summary>A subscriber's WebSocket.</summary>
    Subscribe,

    /// <summary>A subscriber's event stream, whose head is sent.</summary>
    EventStream,

    /// <summary>A WebSocket that gets its messages back.</summary>
    Echo,

    /// <summary>An operator's event stream, of a topic or of the console's samples.</summary>
    Onlooker,

    /// <summary>A last answer that is put together bit by bit.</summary>
    LongAnswer,
}
