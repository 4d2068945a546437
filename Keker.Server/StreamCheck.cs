using Keker.Server.Access;
using Keker.Server.Http;
using Keker.Server.Http.Endpoints;
using Keker.Server.Observability;

namespace Keker.Server;

/// <summary>Whether an event stream may begin, where that is checked. Stateless, thread-safe.</summary>
internal static class StreamCheck
{
    /// <summary>Looks into its token and its topics.</summary>
    /// <param name="access">Who may.</param>
    /// <param name="upgrade">What was asked for, with a token.</param>
    /// <param name="patience">As long as for HELLO is waited for, and no longer.</param>
    /// <param name="timeProvider">The time of that.</param>
    public static async Task<Decision> JudgeAsync(AccessPolicy access, Upgrade upgrade, TimeSpan patience, TimeProvider timeProvider)
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
        bool isAllowed = decision.Grant is not { } grant || Array.TrueForAll(request.Topics, topic => grant.Topics.Matches(topic) || access.IsPublic(topic));
        return isAllowed ? decision : Decision.Refuse(RefusalReason.Topic);
    }
}
