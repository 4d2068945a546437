using System.Text;
using Keker.Protocol.Tokens;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.IdentityModel.Tokens;

namespace Keker.Server.Access;

/// <summary>Checks signed tokens with the keys in force. Thread-safe.</summary>
internal sealed class TokenCheck(AccessOptions options, TimeProvider timeProvider)
{
    private readonly KeyRing _keys = RingOf(options);

    /// <summary>Checks a token.</summary>
    /// <param name="word">What was said; copied where it is needed longer.</param>
    /// <param name="purpose">What it is shown for.</param>
    /// <returns>Completed where that takes little time.</returns>
    public ValueTask<Decision> CheckAsync(ReadOnlySpan<byte> word, TokenPurpose purpose)
    {
        TokenStatus status = SignedToken.TryParse(word, out SignedToken? token);
        if (status != TokenStatus.Ok)
            return Decision.RefuseNow(status == TokenStatus.Malformed ? RefusalReason.Malformed : RefusalReason.Claims);
        RefusalReason wrong = TokenRules.Judge(token!.Claims, purpose, timeProvider.GetUtcNow().ToUnixTimeSeconds());
        if (wrong != RefusalReason.None)
            return Decision.RefuseNow(wrong);
        VerificationKey[] keys = _keys.Find(token, out RefusalReason reason);
        if (keys.Length == 0)
            return Decision.RefuseNow(reason);
        return ValueTask.FromResult(Verify(Encoding.ASCII.GetString(word), token, keys));
    }

    private Decision Verify(string text, SignedToken token, VerificationKey[] keys)
    {
        RefusalReason reason = RefusalReason.Signature;
        foreach (VerificationKey key in keys)
        {
            Exception? wrong = key.Verify(text);
            if (wrong is null)
                return Decision.Allow(TokenRules.GrantOf(token.Claims, timeProvider.GetUtcNow().ToUnixTimeSeconds()));
            if (wrong is SecurityTokenInvalidIssuerException)
                reason = RefusalReason.Issuer;
            else if (wrong is SecurityTokenInvalidAudienceException)
                reason = RefusalReason.Audience;
        }
        return Decision.Refuse(reason);
    }

    private static KeyRing RingOf(AccessOptions options) => new([.. options.Keys.Select(key => VerificationKey.Of(key, options))]);
}
