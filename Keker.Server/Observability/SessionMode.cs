namespace Keker.Server.Observability;

/// <summary>How a session gets its messages.</summary>
internal enum SessionMode
{
    /// <summary>A WebSocket on which messages come as they were published.</summary>
    Plain,

    /// <summary>A WebSocket with ids (sub-protocol <c>keker.v2</c>).</summary>
    Tagged,

    /// <summary>An event stream.</summary>
    EventStream,
}
