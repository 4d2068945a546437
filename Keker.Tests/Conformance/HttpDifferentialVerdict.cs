namespace Keker.Tests.Conformance;

/// <summary>What a server made of a request.</summary>
internal enum HttpDifferentialVerdict
{
    /// <summary>It was understood, whatever the answer is.</summary>
    Accepted,

    /// <summary>It was called malformed, too large or unknown, or the connection just ended.</summary>
    Refused,
}
