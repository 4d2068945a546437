using System.Buffers;
using Keker.Protocol.Http;
using Keker.Protocol.Sse;

namespace Keker.Server.Http.Endpoints;

/// <summary>
/// The answer that begins an event stream. It ends with its connection, under HTTP/1.0 and HTTP/1.1 alike: the end of such a stream
/// means nothing that chunks could tell, and they would have to be wrapped around messages that all streams share. Stateless, thread-safe.
/// </summary>
internal static class EventStreamHead
{
    /// <summary>The head. nginx and those who follow it do not buffer what says so.</summary>
    /// <param name="exchange">The request, of a page that may subscribe.</param>
    public static byte[] Of(HttpExchange exchange)
    {
        var head = new ArrayBufferWriter<byte>();
        exchange.Closing = true;
        ResponseWriter.WriteStreamHead(head, chunked: false, exchange.Headers() with
        {
            ContentType = StreamLines.ContentType,
            MoreLines = (byte[])[.. "X-Accel-Buffering: no\r\n"u8, .. exchange.MoreLines ?? []],
        });
        return head.WrittenSpan.ToArray();
    }
}
