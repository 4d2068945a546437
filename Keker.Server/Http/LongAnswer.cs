using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Presence;

namespace Keker.Server.Http;

/// <summary>An answer that is too long to be put together at once: its connection ends with it.</summary>
/// <param name="Head">The head.</param>
/// <param name="IsChunked">Whether the body is; if not, the end of the connection ends it (HTTP/1.0).</param>
/// <param name="Beginning">What stands before the rest.</param>
/// <param name="Rest">What is put together bit by bit.</param>
/// <param name="End">What stands behind it.</param>
internal sealed record LongAnswer(ReadOnlyMemory<byte> Head, bool IsChunked, ReadOnlyMemory<byte> Beginning, ILongAnswer Rest, ReadOnlyMemory<byte> End)
{
    /// <summary>The answer to a request, whose connection becomes a <see cref="LongAnswerPhase"/>.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="contentType">The media type; empty for JSON.</param>
    /// <param name="beginning">See <see cref="Beginning"/>.</param>
    /// <param name="rest">See <see cref="Rest"/>.</param>
    /// <param name="end">See <see cref="End"/>.</param>
    public static LongAnswer To(HttpExchange exchange, ReadOnlySpan<byte> contentType, ReadOnlyMemory<byte> beginning, ILongAnswer rest, ReadOnlyMemory<byte> end)
    {
        var head = new ArrayBufferWriter<byte>();
        exchange.Closing = true;
        bool isChunked = exchange.Head.IsHttp11;
        ResponseWriter.WriteStreamHead(head, isChunked, exchange.Headers() with { ContentType = contentType });
        return new LongAnswer(head.WrittenMemory, isChunked, beginning, rest, end);
    }
}
