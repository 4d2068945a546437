namespace Keker.Server.Observability;

/// <summary>What an operator can ask about; <c>/metrics</c> shows every one of them.</summary>
internal sealed class Counters
{
    /// <summary>Messages accepted by publish and broadcast.</summary>
    public long Published => PublishedToTokens.Value + PublishedToTopics.Value + Broadcasts.Value;

    /// <summary>Messages accepted for a token: one for each of several.</summary>
    public Counter PublishedToTokens { get; } = new();

    /// <summary>Messages accepted for a topic: one for each of several.</summary>
    public Counter PublishedToTopics { get; } = new();

    /// <summary>Messages accepted for everybody.</summary>
    public Counter Broadcasts { get; } = new();

    /// <summary>Messages handed to the kernel, one for each session.</summary>
    public Counter Delivered { get; } = new();

    /// <summary>Messages that waited for an absent recipient.</summary>
    public Counter Cached { get; } = new();

    /// <summary>Messages that no session had confirmed and that had to go before their time.</summary>
    public Counter UnconfirmedLost { get; } = new();

    /// <summary>Messages whose time was up before a recipient came for them.</summary>
    public Counter Expired { get; } = new();

    /// <summary>Messages that a client could not take, and that it is not sent again.</summary>
    public Counter Skipped { get; } = new();

    /// <summary>Sessions closed with 1013.</summary>
    public Counter SlowConsumers { get; } = new();

    /// <summary>Sessions that a backend logged out.</summary>
    public Counter LoggedOut { get; } = new();

    /// <summary>HELLOs of tokens that a backend has refused for a time.</summary>
    public Counter RefusedHellos { get; } = new();

    /// <summary>Events that the backend has taken.</summary>
    public Counter HooksDelivered { get; } = new();

    /// <summary>Requests with events that the backend has not taken.</summary>
    public Counter HookFailures { get; } = new();

    /// <summary>Times that the backend had to be told that events are missing, the start included.</summary>
    public Counter HookResets { get; } = new();

    /// <summary>Open connections of any kind (a level).</summary>
    public Counter Connections { get; } = new();

    /// <summary>Sessions that said HELLO.</summary>
    public long Sessions => SessionsByMode.Sum;

    /// <summary>Sessions that said HELLO, by how they get their messages (levels).</summary>
    public CounterFamily<SessionMode> SessionsByMode { get; } = new(Enum.GetValues<SessionMode>());

    /// <summary>Connections refused because there were too many.</summary>
    public Counter Refused { get; } = new();

    /// <summary>Publishes over the rate of their publisher, and what was refused because its address guesses.</summary>
    public Counter RateLimited { get; } = new();

    /// <summary>Requests answered with a status of 400 or above.</summary>
    public Counter FailedRequests { get; } = new();

    /// <summary>Things that went wrong in the server itself; each cost one connection at the most.</summary>
    public Counter InternalErrors { get; } = new();

    /// <summary>Publishes that wanted to know that all have confirmed, and whose time was over before that.</summary>
    public Counter ReceiptsIncomplete { get; } = new();

    /// <summary>Refusals of those who may not, by reason.</summary>
    public CounterFamily<RefusalReason> RefusedAccess { get; } = new([.. Enum.GetValues<RefusalReason>().Where(reason => reason != RefusalReason.None)]);

    /// <summary>WebSocket connections closed for breaking the protocol.</summary>
    public long ProtocolErrors => ProtocolErrorsByCode.Sum;

    /// <summary>WebSocket connections closed for breaking the protocol, by the code of the Close (RFC 6455 7.4.1).</summary>
    public CounterFamily<ushort> ProtocolErrorsByCode { get; } = new(1002, 1003, 1007, 1008, 1009);

    /// <summary>How long things take, and how large they are.</summary>
    public Histograms Histograms { get; } = new();
}
