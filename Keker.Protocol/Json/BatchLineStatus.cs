namespace Keker.Protocol.Json;

/// <summary>What <see cref="BatchLine.Parse"/> found: a message to publish, or the first mistake.</summary>
public enum BatchLineStatus : byte
{
    /// <summary>A message with recipients and a body.</summary>
    Ok,

    /// <summary>The line is not valid UTF-8.</summary>
    NotUtf8,

    /// <summary>The line does not begin with a brace: no object, or nothing at all.</summary>
    NotObject,

    /// <summary>The line is not one JSON value, or nests too deep.</summary>
    NotJson,

    /// <summary>A member that means nothing here.</summary>
    UnknownMember,

    /// <summary>A member that is there twice.</summary>
    RepeatedMember,

    /// <summary>Neither a token nor a topic.</summary>
    NoRecipient,

    /// <summary>More than <see cref="BatchLine.MaxRecipients"/> tokens and topics.</summary>
    TooManyRecipients,

    /// <summary><c>token</c> is no AUTH_INFO and no array of them.</summary>
    BadToken,

    /// <summary><c>topic</c> is no topic's name and no array of them.</summary>
    BadTopic,

    /// <summary>None of <c>data</c>, <c>base64</c> and <c>json</c>.</summary>
    NoBody,

    /// <summary>More than one of <c>data</c>, <c>base64</c> and <c>json</c>.</summary>
    SeveralBodies,

    /// <summary><c>data</c> is no string, or holds half a surrogate pair.</summary>
    BadData,

    /// <summary><c>base64</c> is no string of base64 with its padding.</summary>
    BadBase64,

    /// <summary><c>ttl</c> is no whole number in the range.</summary>
    BadTtl,

    /// <summary><c>collapse_key</c> is no string with a valid key.</summary>
    BadCollapseKey,

    /// <summary><c>idempotency_key</c> is no string with a valid key.</summary>
    BadIdempotencyKey,
}
