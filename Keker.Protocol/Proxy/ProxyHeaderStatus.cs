namespace Keker.Protocol.Proxy;

/// <summary>What the first bytes of a connection are, where a PROXY header has to come first.</summary>
public enum ProxyHeaderStatus : byte
{
    /// <summary>The beginning of a header; more has to come.</summary>
    Incomplete,

    /// <summary>A whole header.</summary>
    Complete,

    /// <summary>No header, or a malformed one: nothing behind it can be understood.</summary>
    Bad,
}
