namespace Keker.Protocol.Http;

/// <summary>Every bound of the HTTP layer, with the reason for its value.</summary>
public static class HttpLimits
{
    /// <summary>
    /// Bytes of a request line without its CRLF. RFC 9112, section 3, wants at least 8000; no URL of this server comes near it.
    /// </summary>
    public const int MaxRequestLine = 8192;

    /// <summary>
    /// Bytes of all field lines with their CRLFs, trailers included. Twice what a browser sends with a large cookie jar;
    /// what is over it answers 431.
    /// </summary>
    public const int MaxHeaderBlock = 16384;

    /// <summary>Field lines in a head, trailers included. Browsers send about 20; each costs eight bytes of table.</summary>
    public const int MaxHeaders = 64;

    /// <summary>
    /// Bytes of a method. The longest registered one has 17, and none over 7 is known here, so more is 501 without reading on.
    /// </summary>
    public const int MaxMethod = 16;

    /// <summary>
    /// The largest head in bytes: one empty line before it, the request line, the fields and the empty line after them.
    /// A read buffer of this size holds any acceptable head; all offsets fit in 16 bits.
    /// </summary>
    public const int MaxHeadBytes = 2 + MaxRequestLine + 2 + MaxHeaderBlock + 2;

    /// <summary>Digits of a chunk size: 4 GiB, far over any body limit, and no overflow in 32 bits.</summary>
    public const int MaxChunkSizeDigits = 8;

    /// <summary>
    /// Bytes of chunk extensions in a whole body. They carry nothing, and a peer may hide any amount of data in them
    /// (RFC 9112, section 7.1.1).
    /// </summary>
    public const int MaxChunkExtensionBytes = 1024;

    /// <summary>Chunks a body may have however small its limit; see <see cref="MaxChunks"/>.</summary>
    public const int MinChunkAllowance = 64;

    /// <summary>Bytes of body limit that buy one more chunk: five bytes of framing for one of data is an attack, not a stream.</summary>
    public const int BodyBytesPerChunk = 16;

    /// <summary>How many chunks a body may have.</summary>
    /// <param name="bodyLimit">The largest body accepted, in bytes.</param>
    public static long MaxChunks(long bodyLimit) => bodyLimit / BodyBytesPerChunk + MinChunkAllowance;
}
