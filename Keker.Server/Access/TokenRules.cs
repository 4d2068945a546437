using Keker.Protocol.Tokens;
using Keker.Server.Observability;

namespace Keker.Server.Access;

/// <summary>What a token has to say, whoever has signed it. Stateless, thread-safe.</summary>
internal static class TokenRules
{
    /// <summary>Seconds that the clocks of issuer and server may differ.</summary>
    public const long Leeway = 60;

    /// <summary>Looks at the claims.</summary>
    /// <param name="claims">The claims.</param>
    /// <param name="purpose">What the token is shown for.</param>
    /// <param name="now">Seconds since 1970.</param>
    /// <returns>None when nothing is wrong.</returns>
    public static RefusalReason Judge(TokenClaims claims, TokenPurpose purpose, long now)
    {
        // Who publishes need not be anybody that is published to.
        if (claims.ExpiresAt is not { } end || claims.Subject is null && purpose != TokenPurpose.Publish)
            return RefusalReason.Claims;
        if (now > end + Leeway)
            return RefusalReason.Expired;
        if (now < Math.Max(claims.NotBefore ?? 0, claims.IssuedAt ?? 0) - Leeway)
            return RefusalReason.NotYetValid;
        bool isForTopic = claims.Topic is not null;
        return isForTopic != (purpose == TokenPurpose.Subscription) ? RefusalReason.OtherPurpose : RefusalReason.None;
    }

    /// <summary>What the claims grant.</summary>
    /// <param name="claims">Claims in which nothing is wrong.</param>
    /// <param name="now">Seconds since 1970.</param>
    public static Grant GrantOf(TokenClaims claims, long now)
    {
        // What is taken after its end, since clocks differ, has the rest of the leeway.
        long end = claims.ExpiresAt!.Value;
        return new Grant
        {
            Token = claims.Subject ?? [],
            EndsAt = end > now ? end : end + Leeway,
            Channels = claims.Channels,
            Topics = claims.Topic is { } topic ? Grant.TopicsOf([topic], []) : Grant.TopicsOf(claims.Channels, claims.Subscribe),
            Publish = claims.Publish ?? PublishPatterns.None,
        };
    }
}
