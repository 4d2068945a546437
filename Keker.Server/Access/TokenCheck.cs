using System.Text;
using Keker.Protocol.Tokens;
using Keker.Server.Observability;
using Microsoft.IdentityModel.Tokens;

namespace Keker.Server.Access;

/// <summary>Checks signed tokens with the keys in force. Thread-safe.</summary>
/// <param name="keys">The keys.</param>
/// <param name="queue">Where checks wait that take long.</param>
/// <param name="timeProvider">The time of tokens.</param>
/// <param name="times">Gets how long checks take.</param>
internal sealed class TokenCheck(KeyStore keys, CheckQueue queue, TimeProvider timeProvider, Histogram times)
{
    /// <summary>Bytes of the longest token that is read to the end where sockets are polled: some tens of microseconds.</summary>
    private const int QuickBytes = 1024;

    private long Now => timeProvider.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Checks a token.</summary>
    /// <param name="word">What was said; copied where it is needed longer.</param>
    /// <param name="purpose">What it is shown for.</param>
    /// <returns>Completed where that takes little time.</returns>
    /// <param name="cancellation">Nobody waits for it any more.</param>
    public ValueTask<Decision> CheckAsync(ReadOnlySpan<byte> word, TokenPurpose purpose, CancellationToken cancellation = default) =>
        CheckAsync(word, purpose, mayRefresh: true, cancellation);

    private ValueTask<Decision> CheckAsync(ReadOnlySpan<byte> word, TokenPurpose purpose, bool mayRefresh, CancellationToken cancellation)
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
                return AfterAsync(refresh, word.ToArray(), purpose, cancellation);
            return Decision.RefuseNow(keys.IsReady ? reason : RefusalReason.Undecided);
        }
        bool isQuick = Array.TrueForAll(found, static key => key.IsQuick);
        if (isQuick && (found = SignersOf(word, token.Algorithm, found)).Length == 0)
            return Decision.RefuseNow(RefusalReason.Signature);
        isQuick = isQuick && word.Length <= QuickBytes;
        long begun = timeProvider.GetTimestamp();
        string text = Encoding.ASCII.GetString(word);

        // A page that comes back is checked again in a few microseconds, and a session is not to cost more for that; a publisher shows its token with every message.
        bool isKept = !isQuick || purpose == TokenPurpose.Publish;
        if (isQuick)
            return ValueTask.FromResult(Check());
        Task<Decision>? queued = queue.TryAdd(Check, CheckQueue.BytesFor(word.Length), cancellation);
        if (queued is null)
            return Decision.RefuseNow(RefusalReason.Undecided);
        return new ValueTask<Decision>(ring.IsUnknown(token) || !keys.IsReady ? ElsewhereAsync(queued, ring, word.ToArray(), purpose, mayRefresh, cancellation) : queued);

        Decision Check()
        {
            Decision decision = Verify(text, token, found);
            times.Record(timeProvider.GetElapsedTime(begun));
            if (isKept && decision.Grant is { } grant)
                ring.Verified.Add(hash, purpose, grant);
            return decision;
        }
    }

    /// <summary>A key without a name was tried, since it may be the one that is meant. Where it is not, that one may be in the set by now.</summary>
    private async Task<Decision> ElsewhereAsync(
        Task<Decision> tried, KeyRing ring, byte[] word, TokenPurpose purpose, bool mayRefresh, CancellationToken cancellation)
    {
        Decision decision = await tried.ConfigureAwait(false);
        if (decision.Reason != RefusalReason.Signature)
            return decision;
        if (mayRefresh && keys.TryRefresh() is { } refresh)
            return await AfterAsync(refresh, word, purpose, cancellation).ConfigureAwait(false);
        if (mayRefresh && keys.Ring != ring)
            return await CheckAsync(word, purpose, mayRefresh: false, cancellation).ConfigureAwait(false);
        return keys.IsReady ? decision : Decision.Refuse(RefusalReason.Undecided);
    }

    /// <summary>Checks it once the set of keys has been asked for again.</summary>
    private async ValueTask<Decision> AfterAsync(Task refresh, byte[] word, TokenPurpose purpose, CancellationToken cancellation)
    {
        int held = CheckQueue.BytesFor(word.Length);
        if (!queue.TryHold(held))
            return Decision.Refuse(RefusalReason.Undecided);
        await refresh.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        queue.LetGo(held);
        return cancellation.IsCancellationRequested
            ? Decision.Refuse(RefusalReason.Undecided)
            : await CheckAsync(word, purpose, mayRefresh: false, cancellation).ConfigureAwait(false);
    }

    private static VerificationKey[] SignersOf(ReadOnlySpan<byte> word, string algorithm, VerificationKey[] candidates)
    {
        foreach (VerificationKey key in candidates)
        {
            if (key.MayHaveSigned(word, algorithm))
                return [key];
        }
        return [];
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
