using Keker.Server.Access;
using Keker.Server.Http;
using Keker.Server.Http.Endpoints;
using Keker.Server.Observability;
using Keker.Server.Presence;

namespace Keker.Server;

/// <summary>Whether an event stream may begin, where that is checked. Stateless, thread-safe.</summary>
internal static class StreamCheck
{
    /// <summary>Looks into its token and its topics.</summary>
    /// <param name="access">Who may.</param>
    /// <param name="presence">Who is refused for a time.</param>
    /// <param name="upgrade">What was asked for, with a token.</param>
    /// <param name="patience">As long as for HELLO is waited for, and no longer.</param>
    /// <param name="timeProvider">The time of that.</param>
    public static async Task<Decision> JudgeAsync(AccessPolicy access, PresenceState presence, Upgrade upgrade, TimeSpan patience, TimeProvider timeProvider)
    {
        EventStreamRequest request = upgrade.EventStream!;
        Decision decision;
        try
        {
            decision = await access.CheckAsync(request.Token, upgrade.Visitor).AsTask().WaitAsync(patience, timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            decision = Decision.Refuse(RefusalReason.Undecided);
        }
        if (decision.Grant is { } known && presence.Refuses(known.Token))
            return Decision.Refuse(RefusalReason.LoggedOut);
        bool isAllowed = decision.Grant is not { } grant || Array.TrueForAll(request.Topics, topic => grant.Topics.Matches(topic) || access.IsPublic(topic));
        return isAllowed ? decision : Decision.Refuse(RefusalReason.Topic);
    }

    /// <summary>The status of the answer to one that may not begin.</summary>
    public static int StatusOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Topic or RefusalReason.LoggedOut => 403,
        RefusalReason.Undecided => 503,
        _ => 401,
    };

    /// <summary>The message of that answer.</summary>
    public static ReadOnlySpan<byte> MessageOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Topic => "the token does not allow one of the topics"u8,
        RefusalReason.LoggedOut => HandshakeEndpoint.LoggedOut,
        RefusalReason.Undecided => "it cannot be checked now who you are: try again later"u8,
        _ => "the token is not valid: get a fresh one"u8,
    };
}
