namespace Keker.Protocol.Http;

/// <summary>What a parser knows after the bytes it has seen so far.</summary>
public enum ParseStatus : byte
{
    /// <summary>Nothing is wrong yet, and nothing is finished: call again with more bytes.</summary>
    NeedMore,

    /// <summary>The message part is complete and valid.</summary>
    Complete,

    /// <summary>The input is refused for good; more bytes change nothing.</summary>
    Failed,
}
