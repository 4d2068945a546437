using System.Text;

namespace Keker.Tests.EndToEnd;

/// <summary>One byte stream has one reading: what could be read in two ways is refused, and nothing behind it is read at all.</summary>
internal sealed class MalformedRequestTests : KekerFixture
{
    private const string Publish = "PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: nobody\r\n";
    private const string Chunked = Publish + "Transfer-Encoding: chunked\r\n\r\n";

    private static readonly (int Status, string Request)[] Rows =
    [
        (400, Publish + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        (400, Publish + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        (400, Publish + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        (400, Publish + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
        (400, Publish + "Content-Length: 5, 5\r\n\r\nhello"),
        (400, Publish + "Content-Length: +5\r\n\r\nhello"),
        (400, Publish + "Content-Length: -0\r\n\r\n"),
        (400, Publish + "Content-Length: 0x5\r\n\r\nhello"),
        (400, Publish + "Content-Length: 9223372036854775808\r\n\r\n"),
        (413, Publish + "Content-Length: 9223372036854775807\r\n\r\n"),
        (413, Publish + "Content-Length: 1048577\r\n\r\n"),
        (501, Publish + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        (400, Publish + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
        (400, Publish + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        (400, Publish + "Transfer-Encoding: \u000Bchunked\r\n\r\n0\r\n\r\n"),
        (400, Publish + "Content-Length : 5\r\n\r\nhello"),
        (400, Publish + "X: a\r\n b\r\nContent-Length: 0\r\n\r\n"),
        (400, Publish + "X: a\nContent-Length: 0\r\n\r\n"),
        (400, Publish + "X: a\rb\r\n\r\n"),
        (400, Publish + "X: a\0b\r\n\r\n"),
        (400, Publish + "X(A): a\r\n\r\n"),
        (400, Publish + ": a\r\n\r\n"),
        (400, Publish + "X\r\n\r\n"),
        (400, Chunked + "0x5\r\nhello\r\n0\r\n\r\n"),
        (400, Chunked + "+5\r\nhello\r\n0\r\n\r\n"),
        (400, Chunked + "g\r\n"),
        (400, Chunked + "5 \r\nhello\r\n0\r\n\r\n"),
        (400, Chunked + "000000005\r\nhello\r\n0\r\n\r\n"),
        (413, Chunked + "FFFFFFFF\r\n"),
        (400, Chunked + "5\nhello\r\n0\r\n\r\n"),
        (400, Chunked + "5;a\nb\r\nhello\r\n0\r\n\r\n"),
        (400, Chunked + "5\r\nhello!\r\n0\r\n\r\n"),
        (400, Chunked + "0\r\nbad trailer\r\n\r\n"),
        (400, "GET /v1/health HTTP/1.1\r\n\r\n"),
        (400, "GET /v1/health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        (400, "GET /v1/health HTTP/1.1\r\nHost: a b\r\n\r\n"),
        (400, "GET /v1/health\r\n\r\n"),
        (400, "GET /v1/health http/1.1\r\nHost: a\r\n\r\n"),
        (505, "GET /v1/health HTTP/2.0\r\nHost: a\r\n\r\n"),
        (505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        (501, "FROB /v1/health HTTP/1.1\r\nHost: a\r\n\r\n"),
        (400, "CONNECT localhost:443 HTTP/1.1\r\nHost: a\r\n\r\n"),
        (400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
        (400, "GET /\u00E9 HTTP/1.1\r\nHost: a\r\n\r\n"),
        (414, "GET /" + new string('a', 9000) + " HTTP/1.1\r\nHost: a\r\n\r\n"),
        (431, "GET /v1/health HTTP/1.1\r\nHost: a\r\nX: " + new string('a', 17_000) + "\r\n\r\n"),
        (431, "GET /v1/health HTTP/1.1\r\nHost: a\r\n" + string.Concat(Enumerable.Repeat("X: a\r\n", 64)) + "\r\n"),
        (400, "PUT /v1/publish HTTP/1.0\r\nToken: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        (411, "PUT /v1/publish HTTP/1.0\r\nToken: a\r\n\r\n"),
        (400, "GET /v1/health HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"),
        (400, "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00FC\u0003\u0003"),
        (400, "\u00FF\u00FE\u00FD garbage"),
    ];

    public static IEnumerable<TestCaseData> Requests => Rows.Select((row, i) =>
        new TestCaseData(row.Status, row.Request).SetArgDisplayNames($"{i}", $"{row.Status}", Printable(row.Request)));

    [TestCaseSource(nameof(Requests))]
    public async Task It_is_refused_and_the_connection_ends_while_others_go_on(int status, string request)
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);
        await using RawClient client = await ConnectAsync();

        // Were anything behind the mistake read as a request, this one would reach the session.
        string smuggled = RawClient.Head("PUT", "/v1/publish", $"Token: {token}", "Content-Length: 8") + "smuggled";
        await client.SendAsync(request + smuggled);

        RawResponse response = await client.ReadResponseAsync();
        Assert.That((response.Status, response.Closes), Is.EqualTo((status, true)), response.Text);
        Assert.That(response.Message, Is.Not.Empty);
        await client.ExpectEndAsync();
        Assert.That((await Backend.PublishAsync(token, "still here")).Status, Is.EqualTo(200));
        await session.ExpectTextAsync("still here");
    }

    [Test]
    public async Task A_refusal_comes_after_the_answers_of_the_requests_before_it()
    {
        await using RawClient client = await ConnectAsync();

        await client.SendAsync(RawClient.Head("GET", "/v1/health") + "GET  / HTTP/1.1\r\n\r\n");

        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(200));
        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(400));
        await client.ExpectEndAsync();
    }

    [Test]
    public async Task A_refusal_survives_what_is_still_on_its_way()
    {
        await using RawClient client = await ConnectAsync();

        // Closing a socket with unread input resets the connection, and a reset may destroy the answer.
        await client.SendAsync(Publish + "Content-Length: 1048577\r\n\r\n");
        await client.SendAsync(new byte[32 << 10]);

        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(413));
        await client.ExpectEndAsync();
    }

    [Test]
    public async Task Peers_that_vanish_in_the_middle_hurt_nobody()
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);
        string[] beginnings = ["", "G", Publish, Chunked + "5\r\nhe", Publish + "Content-Length: 5\r\n\r\nhe", RawWebSocket.Handshake()[..40]];

        foreach (string beginning in beginnings)
        {
            RawClient client = await ConnectAsync();
            if (beginning.Length > 0)
                await client.SendAsync(beginning);
            await client.DisposeAsync();
        }

        await Backend.PublishAsync(token, "still here");
        await session.ExpectTextAsync("still here");
    }

    private static string Printable(string text)
    {
        var printable = new StringBuilder();
        foreach (char c in text.Length > 120 ? text[..120] + "..." : text)
            printable.Append(c is >= ' ' and <= '~' ? c : '.');
        return printable.ToString();
    }
}
