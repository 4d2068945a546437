using System.Net.WebSockets;

namespace Keker.Benchmarks.Soak;

/// <summary>Bytes that the server must not take, and how it has to say so.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Bytes">What is sent.</param>
/// <param name="Statuses">For a request, the beginnings of what may answer it; just closing is right, too.</param>
/// <param name="Code">For frames, sent after a HELLO: the code of the Close.</param>
internal sealed record BadInput(string Name, byte[] Bytes, string[] Statuses, WebSocketCloseStatus? Code = null)
{
    private static readonly byte[] NoMask = [0, 0, 0, 0];

    public static IReadOnlyList<BadInput> All { get; } =
    [
        Request("bare line feeds", "GET /v1/health HTTP/1.1\nHost: a\n\n"),
        Request("no Host", "GET /v1/health HTTP/1.1\r\n\r\n"),
        Request("two lengths", "PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: steady-0\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
        Request("length and chunks", "PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: steady-0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Request("bad chunk", "PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: steady-0\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n"),
        Request("control byte", "GET /v1/health HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
        Request("long path", $"GET /{new string('a', 9000)} HTTP/1.1\r\nHost: a\r\n\r\n"),
        Request("many headers", $"GET /v1/health HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Repeat("X: a\r\n", 100))}\r\n"),
        Request("large body", "PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: steady-0\r\nContent-Length: 99999999\r\n\r\nbody"),
        Request("TLS hello", "\x16\x03\x01\x02\0\x01\0\x01\u00FC\x03\x03" + new string('\x5A', 400)),
        Request("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Request("noise", "\u00FF\u00FE\u0001\u0002 noise"),
        new("not masked", [0x81, 5, .. "hello"u8], [], WebSocketCloseStatus.ProtocolError),
        new("reserved bit", [0xA1, 0x80, .. NoMask], [], WebSocketCloseStatus.ProtocolError),
        new("unknown opcode", [0x83, 0x80, .. NoMask], [], WebSocketCloseStatus.ProtocolError),
        new("lone continuation", [0x80, 0x80, .. NoMask], [], WebSocketCloseStatus.ProtocolError),
        new("long ping", [0x89, 0xFE, 0, 126, .. NoMask], [], WebSocketCloseStatus.ProtocolError),
        new("not UTF-8", [0x81, 0x82, .. NoMask, 0xC3, 0x28], [], WebSocketCloseStatus.InvalidPayloadData),
        new("too long", [0x81, 0xFF, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, .. NoMask], [], WebSocketCloseStatus.MessageTooBig),
        new("binary", [0x82, 0x81, .. NoMask, 1], [], WebSocketCloseStatus.InvalidMessageType),
    ];

    private static BadInput Request(string name, string latin1) =>
        new(name, System.Text.Encoding.Latin1.GetBytes(latin1), ["HTTP/1.1 4", "HTTP/1.1 5"]);
}
