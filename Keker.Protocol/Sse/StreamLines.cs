using Keker.Protocol.Http;

namespace Keker.Protocol.Sse;

/// <summary>The parts of an event stream that are no events (WHATWG HTML 9.2.5). Stateless, thread-safe.</summary>
public static class StreamLines
{
    /// <summary>Longest retry line in bytes.</summary>
    public const int MaxRetryLength = 7 + SpanWriter.MaxNumberLength + 2;

    /// <summary>The media type, for Content-Type. The encoding is always UTF-8 and needs no parameter.</summary>
    public static ReadOnlySpan<byte> ContentType => "text/event-stream"u8;

    /// <summary>A comment: clients ignore it, proxies see that the connection lives.</summary>
    public static ReadOnlySpan<byte> KeepAlive => ": keep-alive\n\n"u8;

    /// <summary>Writes <c>retry: &lt;milliseconds&gt;</c>: how long the client is to wait before it connects again.</summary>
    /// <param name="destination"><see cref="MaxRetryLength"/> bytes always suffice.</param>
    /// <param name="milliseconds">0 or more.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static int WriteRetry(Span<byte> destination, long milliseconds)
    {
        SpanWriter writer = new(destination);
        writer.Append("retry: "u8);
        writer.Append(milliseconds);
        writer.Append("\n\n"u8);
        return writer.Length;
    }
}
