using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Web;

namespace Keker.Server.Http.Endpoints;

/// <summary>`GET /keker.js`, `GET /keker.d.ts` and `GET /openapi.json`: the same for everybody, and for pages of every origin.</summary>
/// <param name="server">The server.</param>
/// <param name="file">What is served.</param>
/// <param name="contentType">Its media type.</param>
internal sealed class WebFileEndpoint(ServerContext server, WebFile file, byte[] contentType) : Endpoint(server)
{
    // Pages import across origins (CORS); Deno finds the types of a module by the last line.
    private readonly byte[] _lines =
    [
        .. "ETag: "u8, .. file.ETag.Span, .. "\r\nAccess-Control-Allow-Origin: *\r\n"u8,
        .. contentType == JavaScript ? "X-TypeScript-Types: ./keker.d.ts\r\n"u8 : default,
    ];

    /// <summary>Media type of a module (RFC 9239).</summary>
    public static byte[] JavaScript { get; } = [.. "text/javascript; charset=utf-8"u8];

    /// <summary>Registered is another one for this ending, of films.</summary>
    public static byte[] TypeScript { get; } = [.. "application/typescript; charset=utf-8"u8];

    /// <summary>Media type of JSON (RFC 8259).</summary>
    public static byte[] Json { get; } = [.. "application/json; charset=utf-8"u8];

    /// <summary>It may be kept for ever and has to be asked for each time: a page never runs the module of a kekerd that is gone.</summary>
    public static ReadOnlySpan<byte> CacheControl => "no-cache"u8;

    public override ReadOnlySpan<byte> Allow => AllowRead;

    public override bool Allows(RequestMethod method) => method is RequestMethod.Get or RequestMethod.Head;

    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        if (!IfNoneMatch.Names(exchange.Head, head, file.ETag.Span))
            return true;
        ResponseWriter.WriteNotModified(exchange.Answers, exchange.Headers() with { CacheControl = CacheControl, MoreLines = _lines });
        return false;
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body) =>
        ResponseWriter.Write(exchange.Answers, 200, file.Bytes.Span, exchange.Headers() with { ContentType = contentType, CacheControl = CacheControl, MoreLines = _lines });
}
