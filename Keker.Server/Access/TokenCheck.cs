using System.Text;
using Keker.Protocol.Tokens;
using Keker.Server.Observability;
using Microsoft.IdentityModel.Tokens;

namespace Keker.Server.Access;

/// <summary>Checks signed tokens with the keys in force. Thread-safe.</summary>
/// <param name="keys">The keys.</param>
/// <param name="queue">Where checks wait that take long.</param>
/// <param name="timeProvider">The time of tokens.</param>
internal sealed class TokenCheck(KeyStore keys, CheckQueue queue, TimeProvider timeProvider)
{
    private long Now => timeProvider.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Checks a token.</summary>
    /// <param name="word">What was said; copied where it is needed longer.</param>
    /// <param name="purpose">What it is shown for.</param>
    /// <returns>Completed where that takes little time.</returns>
    public ValueTask<Decision> CheckAsync(ReadOnlySpan<byte> word, TokenPurpose purpose) => CheckAsync(word, purpose, mayRefresh: true);

    private ValueTask<Decision> CheckAsync(ReadOnlySpan<byte> word, TokenPurpose purpose, bool mayRefresh)
    {
        KeyRing ring = keys.Ring;
        UInt128 hash = VerifiedTokens.HashOf(word);
        if (ring.Verified.Find(hash, purpose, Now) is { } known)
            return ValueTask.FromResult(Decision.Allow(known));
        TokenStatus status = SignedToken.TryParse(word, out SignedToken? token);
        if (status != TokenStatus.Ok)
            return Decision.RefuseNow(status == TokenStatus.Malformed ? RefusalReason.Malformed : RefusalReason.Claims);
        RefusalReason wrong = TokenRules.Judge(token!.Claims, purpose, Now);
        if (wrong != RefusalReason.None)
            return Decision.RefuseNow(wrong);
        VerificationKey[] found = ring.Find(token, out RefusalReason reason);
        if (found.Length == 0)
        {
            if (mayRefresh && keys.TryRefresh() is { } refresh)
                return AfterAsync(refresh, word.ToArray(), purpose);
            return Decision.RefuseNow(keys.IsReady ? reason : RefusalReason.Undecided);
        }
        string text = Encoding.ASCII.GetString(word);
        bool isQuick = Array.TrueForAll(found, static key => key.IsQuick);

        // A page that comes back is checked again in a few microseconds, and a session is not to cost more for that; a publisher shows its token with every message.
        bool isKept = !isQuick || purpose == TokenPurpose.Publish;
        if (isQuick)
            return ValueTask.FromResult(Check());
        Task<Decision>? queued = queue.TryAdd(Check, CheckQueue.BytesFor(word.Length));
        return queued is null ? Decision.RefuseNow(RefusalReason.Undecided) : new ValueTask<Decision>(queued);

        Decision Check()
        {
            Decision decision = Verify(text, token, found);
            if (isKept && decision.Grant is { } grant)
                ring.Verified.Add(hash, purpose, grant);
            return decision;
        }
    }

    /// <summary>Checks it once the set of keys has been asked for again.</summary>
    private async ValueTask<Decision> AfterAsync(Task refresh, byte[] word, TokenPurpose purpose)
    {
        int held = CheckQueue.BytesFor(word.Length);
        if (!queue.TryHold(held))
            return Decision.Refuse(RefusalReason.Undecided);
        await refresh.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        queue.LetGo(held);
        return await CheckAsync(word, purpose, mayRefresh: false).ConfigureAwait(false);
    }

    private Decision Verify(string text, SignedToken token, VerificationKey[] candidates)
    {
        RefusalReason reason = RefusalReason.Signature;
        foreach (VerificationKey key in candidates)
        {
            Exception? wrong = key.Verify(text);
            if (wrong is null)
                return Decision.Allow(TokenRules.GrantOf(token.Claims, Now));
            reason = wrong switch
            {
                SecurityTokenInvalidIssuerException => RefusalReason.Issuer,
                SecurityTokenInvalidAudienceException => RefusalReason.Audience,
                SecurityTokenInvalidSignatureException => RefusalReason.Signature,
                _ => RefusalReason.Claims,
            };
        }
        return Decision.Refuse(reason);
    }
}
