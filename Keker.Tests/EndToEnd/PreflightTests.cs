namespace Keker.Tests.EndToEnd;

/// <summary>What a browser asks before a page may send fields of its own across origins.</summary>
internal sealed class PreflightTests
{
    private const string Page = "https://app.example";

    [Test]
    public async Task Pages_of_any_origin_may_unless_the_operator_names_some()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();

        RawResponse answer = await AskAsync(keker, "/v1/subscribe?token=t", Page);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((answer.Status, answer.Closes), Is.EqualTo((204, false)));
            Assert.That(answer.Header("Access-Control-Allow-Origin"), Is.EqualTo("*"));
            Assert.That(answer.Header("Access-Control-Allow-Methods"), Is.EqualTo("GET"));
            Assert.That(answer.Header("Access-Control-Allow-Headers"), Is.EqualTo("last-event-id, cache-control, authorization"));
            Assert.That(answer.Header("Access-Control-Allow-Credentials"), Is.Null, "never beside the asterisk");
            Assert.That(answer.Header("Access-Control-Max-Age"), Is.Not.Null);
        }
    }

    [Test]
    public async Task Where_some_are_named_only_those_may_and_with_credentials()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--allow-origin", Page);

        RawResponse allowed = await AskAsync(keker, "/v1/subscribe", Page);
        RawResponse refused = await AskAsync(keker, "/v1/subscribe", "https://other.example");
        RawResponse none = await AskAsync(keker, "/v1/subscribe", origin: null);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(allowed.Status, Is.EqualTo(204));
            Assert.That(allowed.Header("Access-Control-Allow-Origin"), Is.EqualTo(Page));
            Assert.That(allowed.Header("Access-Control-Allow-Credentials"), Is.EqualTo("true"));
            Assert.That(allowed.Header("Vary"), Is.EqualTo("Origin"));
            Assert.That(refused.Status, Is.EqualTo(403));
            Assert.That(CorsLines(refused), Is.Empty);
            Assert.That(none.Status, Is.EqualTo(204));
            Assert.That(none.Header("Allow"), Is.EqualTo("GET, OPTIONS"));
            Assert.That(none.Header("Access-Control-Allow-Origin"), Is.Null);
        }
    }

    [Test]
    public async Task A_stream_that_was_asked_for_with_credentials_may_be_read()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--allow-origin", Page);
        await using RawClient client = await RawClient.ConnectAsync(keker.EndPoint);

        await client.SendAsync(RawClient.Head("GET", EventStream.Target("t"), "Accept: text/event-stream", $"Origin: {Page}"));
        RawResponse head = await client.ReadResponseAsync();

        Assert.That((head.Header("Access-Control-Allow-Origin"), head.Header("Access-Control-Allow-Credentials")), Is.EqualTo((Page, "true")));
    }

    [TestCase("/v1/publish")]
    [TestCase("/v1/publish/batch")]
    [TestCase("/v1/broadcast")]
    [TestCase("/v1/stats")]
    [TestCase("/v1/health")]
    public async Task Everything_else_stays_closed_to_pages(string path)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--allow-origin", Page);

        RawResponse answer = await AskAsync(keker, path, Page);

        Assert.That(answer.Status, Is.EqualTo(405));
        Assert.That(CorsLines(answer), Is.Empty);
    }

    [TestCase("OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n", 204)]
    [TestCase("OPTIONS / HTTP/1.0\r\n\r\n", 204)]
    [TestCase("OPTIONS * HTTP/1.0\r\n\r\n", 204)]
    [TestCase("OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n", 204)]
    [TestCase("OPTIONS /? HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\n\r\n", 204)]
    [TestCase("OPTIONS / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 400)]
    [TestCase("OPTIONS * HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 400)]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 404)]
    [TestCase("OPTIONS /x HTTP/1.1\r\nHost: a\r\n\r\n", 404)]
    public async Task A_load_balancer_that_looks_whether_the_server_lives_is_answered(string request, int status)
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        await using RawClient client = await RawClient.ConnectAsync(keker.EndPoint);

        await client.SendAsync(request);
        RawResponse answer = await client.ReadResponseAsync();

        Assert.That(answer.Status, Is.EqualTo(status));
        Assert.That(CorsLines(answer), Is.Empty);
    }

    private static IEnumerable<string> CorsLines(RawResponse answer) =>
        answer.Headers.Select(header => header.Key).Where(name => name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));

    private static async Task<RawResponse> AskAsync(KekerProcess keker, string path, string? origin)
    {
        await using RawClient client = await RawClient.ConnectAsync(keker.EndPoint);
        string[] headers = ["Access-Control-Request-Method: GET", "Access-Control-Request-Headers: cache-control,last-event-id"];
        await client.SendAsync(RawClient.Head("OPTIONS", path, origin is null ? headers : [$"Origin: {origin}", .. headers]));
        return await client.ReadResponseAsync();
    }
}
