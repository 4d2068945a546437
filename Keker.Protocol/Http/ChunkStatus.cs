namespace Keker.Protocol.Http;

/// <summary>What <see cref="ChunkedDecoder.Read"/> found.</summary>
public enum ChunkStatus : byte
{
    /// <summary>All input was consumed and the body goes on.</summary>
    NeedMore,

    /// <summary>A piece of the body was found; call again with the rest of the input.</summary>
    Data,

    /// <summary>The last chunk and the trailers are complete; what follows belongs to the next request.</summary>
    Complete,

    /// <summary>The framing is refused for good.</summary>
    Failed,
}
