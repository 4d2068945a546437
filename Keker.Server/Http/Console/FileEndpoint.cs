using System.Buffers;
using System.Text;
using Keker.Protocol.Http;
using Keker.Server.Http.Endpoints;
using Keker.Server.Web;

namespace Keker.Server.Http.Console;

/// <summary>A file of the console: the same for everybody, and for no other site.</summary>
internal sealed class FileEndpoint : Endpoint
{
    /// <summary>
    /// The page loads its own files, talks to its own server, and does nothing else: no inline script or style, no form that goes anywhere, no frame around it, and no text that
    /// becomes markup (CSP 3, Trusted Types).
    /// </summary>
    private static ReadOnlySpan<byte> SecurityLines =>
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "u8;

    private static ReadOnlySpan<byte> MoreSecurityLines =>
        "frame-ancestors 'none'; require-trusted-types-for 'script'\r\nReferrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\n"u8;

    private readonly string _resource;
    private readonly byte[] _contentType;
    private WebFile? _file;
    private byte[]? _lines;

    private FileEndpoint(ServerContext server, string path, string resource, string contentType)
        : base(server)
    {
        Path = Encoding.ASCII.GetBytes(path);
        _resource = resource;
        _contentType = Encoding.ASCII.GetBytes(contentType);
    }

    /// <summary>Where it is served.</summary>
    public byte[] Path { get; }

    public override ReadOnlySpan<byte> Allow => AllowRead;

    /// <summary>All there are. None is read before somebody asks for it.</summary>
    public static FileEndpoint[] All(ServerContext server) =>
    [
        new FileEndpoint(server, "/", "console/console.html", "text/html; charset=utf-8"),
        .. WebFile.NamesIn("console/").Where(name => !name.EndsWith(".html", StringComparison.Ordinal))
            .Select(name => new FileEndpoint(server, "/" + name, name, TypeOf(name))),
    ];

    public override bool Allows(RequestMethod method) => method is RequestMethod.Get or RequestMethod.Head;

    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        WebFile file = _file ??= WebFile.Load(_resource);
        _lines ??= [.. "ETag: "u8, .. file.ETag.Span, .. "\r\n"u8, .. SecurityLines, .. MoreSecurityLines];
        if (!IfNoneMatch.Names(exchange.Head, head, file.ETag.Span))
            return true;
        ResponseWriter.WriteNotModified(exchange.Answers, exchange.Headers() with { CacheControl = WebFileEndpoint.CacheControl, MoreLines = _lines });
        return false;
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body) =>
        ResponseWriter.Write(exchange.Answers, 200, _file!.Bytes.Span, exchange.Headers() with
        {
            ContentType = _contentType,
            CacheControl = WebFileEndpoint.CacheControl,
            MoreLines = _lines,
        });

    private static string TypeOf(string name) => name[(name.LastIndexOf('.') + 1)..] switch
    {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        _ => "image/svg+xml",
    };
}
