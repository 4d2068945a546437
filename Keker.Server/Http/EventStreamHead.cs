using Keker.Protocol.Http;
using Keker.Protocol.Sse;

namespace Keker.Server.Http;

/// <summary>
/// The answer that begins an event stream. It ends with its connection, under HTTP/1.0 and HTTP/1.1 alike: the end of such a stream
/// means nothing that chunks could tell, and they would have to be wrapped around messages that all streams share. Stateless, thread-safe.
/// </summary>
internal static class EventStreamHead
{
    /// <summary>Writes the head.</summary>
    /// <param name="exchange">The request, of a page that may subscribe.</param>
    /// <param name="head">The bytes of its head.</param>
    /// <param name="anyOrigin">Whether pages of every origin may.</param>
    public static void Write(HttpExchange exchange, ReadOnlySpan<byte> head, bool anyOrigin)
    {
        ReadOnlySpan<byte> origin = anyOrigin ? "*"u8 : default;
        if (!anyOrigin && exchange.Head.TryGet(head, "origin"u8, out Slice slice))
            origin = slice.In(head);
        Span<byte> lines = stackalloc byte[FixedLength + origin.Length];
        exchange.Closing = true;
        ResponseWriter.WriteStreamHead(exchange.Answers, chunked: false, exchange.Headers() with
        {
            ContentType = StreamLines.ContentType,
            MoreLines = lines[..WriteLines(lines, origin, anyOrigin)],
        });
    }

    private const int FixedLength = 128;

    /// <summary>nginx and those who follow it do not buffer what says so. With a list of origins the answer depends on who asks (RFC 9110 12.5.5).</summary>
    private static int WriteLines(Span<byte> lines, ReadOnlySpan<byte> origin, bool anyOrigin)
    {
        int length = Append(lines, 0, "X-Accel-Buffering: no\r\n"u8);
        if (!anyOrigin)
            length = Append(lines, length, "Vary: Origin\r\n"u8);
        if (origin.IsEmpty)
            return length;
        length = Append(lines, length, "Access-Control-Allow-Origin: "u8);
        length = Append(lines, length, origin);
        return Append(lines, length, "\r\n"u8);
    }

    private static int Append(Span<byte> lines, int length, ReadOnlySpan<byte> text)
    {
        text.CopyTo(lines[length..]);
        return length + text.Length;
    }
}
