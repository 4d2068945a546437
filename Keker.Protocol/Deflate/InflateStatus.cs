namespace Keker.Protocol.Deflate;

/// <summary>How inflating a message ended.</summary>
public enum InflateStatus : byte
{
    /// <summary>The whole message was inflated.</summary>
    Complete,

    /// <summary>It would inflate to more than the limit: Close 1009.</summary>
    TooBig,

    /// <summary>It is not a deflated message (RFC 1951, RFC 7692, section 7.2), or only the beginning of one: Close 1007.</summary>
    Invalid,
}
