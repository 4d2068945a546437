namespace Keker.Server.Observability;

/// <summary>Why somebody may not: what the log says and the statistics count. Clients are told less.</summary>
internal enum RefusalReason
{
    /// <summary>It is allowed.</summary>
    None,

    /// <summary>It is no signed token, where one is needed.</summary>
    Malformed,

    /// <summary>No key is for its algorithm; <c>none</c> is one of these.</summary>
    Algorithm,

    /// <summary>It names a key that is not known.</summary>
    UnknownKey,

    /// <summary>The signature is not that of a key.</summary>
    Signature,

    /// <summary>Another issuer than the one that counts here.</summary>
    Issuer,

    /// <summary>It is for somebody else.</summary>
    Audience,

    /// <summary>A claim is missing, is there twice, or has another form than it must have.</summary>
    Claims,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Its time has yet to come.</summary>
    NotYetValid,

    /// <summary>It is good for something else: a token for one topic as a HELLO, or the other way round.</summary>
    OtherPurpose,

    /// <summary>A second HELLO, or a token for a topic, of somebody else.</summary>
    OtherSubject,

    /// <summary>No right to the topic.</summary>
    Topic,

    /// <summary>No right to publish to a recipient, or to anything but publishing.</summary>
    Publish,

    /// <summary>The backend says no.</summary>
    Backend,

    /// <summary>The backend has logged it out for a time.</summary>
    LoggedOut,

    /// <summary>It cannot be decided now: no keys, no answer of the backend, too many who wait.</summary>
    Undecided,
}
