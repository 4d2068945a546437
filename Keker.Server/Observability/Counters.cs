namespace Keker.Server.Observability;

/// <summary>What an operator can ask about; `/v1/stats` shows every one of them.</summary>
internal sealed class Counters
{
    private readonly Counter[] _refusedAccess = [.. Enum.GetValues<RefusalReason>().Select(_ => new Counter())];

    /// <summary>Messages accepted by publish and broadcast.</summary>
    public Counter Published { get; } = new();

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

    /// <summary>Sessions that said HELLO (a level).</summary>
    public Counter Sessions { get; } = new();

    /// <summary>Connections refused because there were too many.</summary>
    public Counter Refused { get; } = new();

    /// <summary>Publishes over the rate of their publisher, and what was refused because its address guesses.</summary>
    public Counter RateLimited { get; } = new();

    /// <summary>Requests answered with a status of 400 or above.</summary>
    public Counter FailedRequests { get; } = new();

    /// <summary>Things that went wrong in the server itself; each cost one connection at the most.</summary>
    public Counter InternalErrors { get; } = new();

    /// <summary>Refusals of those who may not, for a reason.</summary>
    public Counter RefusedAccess(RefusalReason reason) => _refusedAccess[(int)reason];

    /// <summary>WebSocket connections closed for breaking the protocol.</summary>
    public Counter ProtocolErrors { get; } = new();
}
