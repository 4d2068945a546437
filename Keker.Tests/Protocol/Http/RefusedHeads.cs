using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

/// <summary>Heads that must be refused, with the reason. Most rows are a way in which two servers have once read one request differently.</summary>
internal static class RefusedHeads
{
    private const string Line = "GET /v1/health HTTP/1.1\r\n";
    private const string Host = "Host: a\r\n";

    public static IEnumerable<TestCaseData> All =>
        RequestLines.Concat(Targets).Concat(Versions).Concat(Fields).Concat(Hosts).Concat(Lengths).Concat(Codings).Concat(Others)
            .Select(row => new TestCaseData(row.Head, row.Failure).SetArgDisplayNames(Printable(row.Head), row.Failure.ToString()));

    private static IEnumerable<(string Head, HttpFailure Failure)> RequestLines =>
    [
        ("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03", HttpFailure.BadMethod),
        ("\0\0\0\0", HttpFailure.BadMethod),
        ("\xFF\xFE garbage", HttpFailure.BadMethod),
        (" GET / HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadMethod),
        ("\r\n\r\nGET / HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadMethod),
        ("G@T / HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadMethod),
        ("GET\t/ HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadMethod),
        ("GET\r\n\r\n", HttpFailure.BadMethod),
        ("\nGET / HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BareLineFeed),
        ("\rGET / HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BareCarriageReturn),
        ("FROB / HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.UnknownMethod),
        ("get / HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.UnknownMethod),
        ("GETGETGETGETGETG / HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.UnknownMethod),
        ("GETGETGETGETGETGE / HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.MethodTooLong),
        ("SSH-2.0-OpenSSH_9.6\r\n", HttpFailure.MethodTooLong),
        ("CONNECT a:443 HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.ConnectRefused),
        ("CONNECT /v1/publish HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.ConnectRefused),
    ];

    private static IEnumerable<(string Head, HttpFailure Failure)> Targets =>
    [
        ("GET  / HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("GET /\r\n\r\n", HttpFailure.BadTarget),
        ("GET /\n", HttpFailure.BareLineFeed),
        ("GET /a\tb HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("GET /\0 HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("GET /\x7F HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("GET /\xC3\xA9 HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("GET v1/health HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("GET ?a HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("GET a:443 HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("GET * HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("OPTIONS ** HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("GET ftp://a/ HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("GET http:/a HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("GET http:///a HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("GET http://user@a/ HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
        ("GET http://a:b/ HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadTarget),
    ];

    private static IEnumerable<(string Head, HttpFailure Failure)> Versions =>
    [
        ("GET / http/1.1\r\n" + Host + "\r\n", HttpFailure.BadVersion),
        ("GET / HTTP/1.1x\r\n" + Host + "\r\n", HttpFailure.BadVersion),
        ("GET / HTTP/1.1 \r\n" + Host + "\r\n", HttpFailure.BadVersion),
        ("GET / HTTP/1.10\r\n" + Host + "\r\n", HttpFailure.BadVersion),
        ("GET / HTTP/01.1\r\n" + Host + "\r\n", HttpFailure.BadVersion),
        ("GET / HTTP/1\r\n" + Host + "\r\n", HttpFailure.BadVersion),
        ("GET / HTTP/1,1\r\n" + Host + "\r\n", HttpFailure.BadVersion),
        ("GET / HTTP/0.9\r\n" + Host + "\r\n", HttpFailure.BadVersion),
        ("GET / HTTPS/1.1\r\n" + Host + "\r\n", HttpFailure.BadVersion),
        ("GET /  HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadVersion),
        ("GET / extra HTTP/1.1\r\n" + Host + "\r\n", HttpFailure.BadVersion),
        ("GET / HTTP/1.1\n" + Host + "\r\n", HttpFailure.BareLineFeed),
        ("GET / HTTP/1.1\r" + Host + "\r\n", HttpFailure.BareCarriageReturn),
        ("GET / HTTP/2.0\r\n" + Host + "\r\n", HttpFailure.UnsupportedVersion),
        ("GET / HTTP/3.1\r\n" + Host + "\r\n", HttpFailure.UnsupportedVersion),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HttpFailure.UnsupportedVersion),
    ];

    private static IEnumerable<(string Head, HttpFailure Failure)> Fields =>
        RefusedFields.All.Select(row => (Line + Host + row.Field, row.Failure));

    private static IEnumerable<(string Head, HttpFailure Failure)> Hosts =>
    [
        (Line + "\r\n", HttpFailure.MissingHost),
        (Line + "Accept: */*\r\n\r\n", HttpFailure.MissingHost),
        ("GET http://a/ HTTP/1.1\r\n\r\n", HttpFailure.MissingHost),
        (Line + Host + Host + "\r\n", HttpFailure.RepeatedHost),
        (Line + Host + "HOST: b\r\n\r\n", HttpFailure.RepeatedHost),
        ("GET / HTTP/1.0\r\n" + Host + Host + "\r\n", HttpFailure.RepeatedHost),
        (Line + "Host: a b\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: a,b\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: a/b\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: u@a\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: a:\x30\x78\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: a:123456\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: a:80:80\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: :80\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: a%2\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: a%zz\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: [::1\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: []\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: [::1]x\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: [::g]\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: [fe80::1%25eth0]\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: ::1\r\n\r\n", HttpFailure.BadHost),
        (Line + "Host: \xE4\r\n\r\n", HttpFailure.BadHost),
    ];

    private static IEnumerable<(string Head, HttpFailure Failure)> Lengths
    {
        get
        {
            string[] bad =
            [
                "+5", "-0", "-5", "0x5", "5_0", "5abc", "", "\xA0" + "5", "5 5", "5, 5", "5,5", ",5", "5,", "5.0", "5e1", "\"5\"", "\xB2",
                "9223372036854775808", "18446744073709551621", "9999999999999999999", "00000000000000000005",
            ];
            foreach (string value in bad)
                yield return ($"PUT / HTTP/1.1\r\nContent-Length: {value}\r\n{Host}\r\n", HttpFailure.BadContentLength);
            foreach ((string first, string second) in new[] { ("5", "6"), ("5", "5"), ("0", "0") })
            {
                string both = $"Content-Length: {first}\r\ncontent-length: {second}\r\n";
                yield return ($"PUT / HTTP/1.1\r\n{Host}{both}\r\n", HttpFailure.RepeatedContentLength);
            }
            yield return ("PUT / HTTP/1.0\r\n\r\n", HttpFailure.LengthRequired);
            yield return ("POST / HTTP/1.0\r\nHost: a\r\n\r\n", HttpFailure.LengthRequired);
        }
    }

    private static IEnumerable<(string Head, HttpFailure Failure)> Codings
    {
        get
        {
            const string put = "PUT / HTTP/1.1\r\n" + Host;
            foreach (string value in new[] { "xchunked", "identity", "gzip", "gzip, chunked", "gzip , deflate", "chunkedx", "gzip,\tCHUNKED" })
                yield return ($"{put}Transfer-Encoding: {value}\r\n\r\n", HttpFailure.UnknownTransferCoding);
            string[] bad =
            [
                "", ",", "\"chunked\"", "chunked;a=b", "chunked, chunked", "chunked,gzip", ",chunked", "chunked,", "chunked chunked",
                "\xA0" + "chunked", "chunked\xA0", "chunked\x85", "gzip;q=1, chunked", "gzip,,chunked", "{chunked}",
            ];
            foreach (string value in bad)
                yield return ($"{put}Transfer-Encoding: {value}\r\n\r\n", HttpFailure.BadTransferEncoding);
            foreach (string value in new[] { "\vchunked", "chunked\f", "\0chunked", "chunked\0" })
                yield return ($"{put}Transfer-Encoding: {value}\r\n\r\n", HttpFailure.BadFieldValue);

            const string chunked = "Transfer-Encoding: chunked\r\n";
            const string length = "Content-Length: 5\r\n";
            yield return (put + chunked + chunked + "\r\n", HttpFailure.RepeatedTransferEncoding);
            yield return (put + "Transfer-Encoding: gzip\r\n" + chunked + "\r\n", HttpFailure.RepeatedTransferEncoding);
            yield return (put + chunked + length + "\r\n", HttpFailure.LengthAndTransferEncoding);
            yield return (put + length + chunked + "\r\n", HttpFailure.LengthAndTransferEncoding);
            yield return (put + "TRANSFER-ENCODING: Chunked\r\ncontent-LENGTH: 0\r\n\r\n", HttpFailure.LengthAndTransferEncoding);
            yield return (put + "Transfer-Encoding: gzip\r\n" + length + "\r\n", HttpFailure.LengthAndTransferEncoding);
            yield return ("PUT / HTTP/1.0\r\n" + chunked + "\r\n", HttpFailure.TransferEncodingInHttp10);
            yield return (put + "Transfer-Encoding : chunked\r\n\r\n", HttpFailure.SpaceBeforeColon);
            yield return (put + "Transfer-Encoding:\r\n chunked\r\n\r\n", HttpFailure.BadTransferEncoding);
            yield return (put + "Content-Length : 5\r\n\r\n", HttpFailure.SpaceBeforeColon);
        }
    }

    private static IEnumerable<(string Head, HttpFailure Failure)> Others =>
    [
        (Line + " Host: a\r\n\r\n", HttpFailure.ObsoleteFold),
        (Line + "\tHost: a\r\n\r\n", HttpFailure.ObsoleteFold),
        (Line + Host + "Connection: \"close\"\r\n\r\n", HttpFailure.BadConnection),
        (Line + Host + "Connection: close keep-alive\r\n\r\n", HttpFailure.BadConnection),
        (Line + Host + "\rX", HttpFailure.BareCarriageReturn),
        (Line + Host + "\r\r\n", HttpFailure.BareCarriageReturn),
    ];

    private static string Printable(string head) =>
        string.Concat(head.Select(c => c switch { '\r' => "␍", '\n' => "␊", < ' ' or > '~' => $"<{(int)c:X2}>", _ => c.ToString() }));
}
