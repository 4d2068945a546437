namespace Keker.Server.Http.Publishing;

/// <summary>How the answer to a line of a batch is laid into the answer to the batch.</summary>
internal enum LineFraming
{
    /// <summary>It is no line, but a request with an answer of its own.</summary>
    None,

    /// <summary>As it is: the end of the connection ends the answer.</summary>
    Plain,

    /// <summary>In a chunk (RFC 9112 7.1).</summary>
    Chunk,
}
