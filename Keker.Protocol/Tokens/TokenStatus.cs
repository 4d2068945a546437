namespace Keker.Protocol.Tokens;

/// <summary>Whether a word is a signed token, and one whose claims can be read; see <see cref="SignedToken.TryParse"/>.</summary>
public enum TokenStatus : byte
{
    /// <summary>It is; nothing is known of its signature.</summary>
    Ok,

    /// <summary>It is no JWT in compact form, or its header cannot be read.</summary>
    Malformed,

    /// <summary>Its claims are no JSON object, a claim that counts here has another form than it must have, or stands there twice.</summary>
    BadClaims,
}
