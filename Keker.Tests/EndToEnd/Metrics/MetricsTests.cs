using System.Net;
using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd.Metrics;

/// <summary>What <c>/metrics</c> says is what happened.</summary>
internal sealed class MetricsTests
{
    private KekerProcess _keker = null!;
    private Backend _backend = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _keker = await KekerProcess.StartAsync("--cache", "1m", "--read-buffer", "2000");
        _backend = new Backend(_keker.EndPoint);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _backend.Dispose();
        await _keker.DisposeAsync();
    }

    [Test]
    public async Task Who_is_there_and_what_was_published_is_counted()
    {
        await using RawWebSocket alice = await RawWebSocket.JoinAsync(_keker.EndPoint, "alice");
        await using RawWebSocket again = await RawWebSocket.JoinAsync(_keker.EndPoint, "alice");
        await alice.SendTextAsync("SUBSCRIBE news");
        await MetricsPage.WaitForAsync(_keker.EndPoint, page => page["keker_topics"] == 1, "the topic");

        await _backend.PublishAsync("alice", "one");
        await _backend.PublishAsync("bob", "waits");
        await _backend.PublishToTopicAsync("news", "two");
        await _backend.BroadcastAsync("three");
        foreach (string text in new[] { "one", "two", "three" })
            await alice.ExpectTextAsync(text);
        await again.ExpectTextAsync("one");
        await again.ExpectTextAsync("three");

        MetricsPage page = await MetricsPage.WaitForAsync(_keker.EndPoint, page => page["keker_delivered_total"] == 5, "the last delivery");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(page["keker_sessions{mode=\"plain\"}"], Is.EqualTo(2));
            Assert.That(page["keker_sessions{mode=\"tagged\"}"], Is.Zero);
            Assert.That(page["keker_recipients"], Is.EqualTo(1));
            Assert.That(page["keker_connections"], Is.GreaterThanOrEqualTo(3));
            Assert.That(page["keker_published_total{to=\"token\"}"], Is.EqualTo(2));
            Assert.That(page["keker_published_total{to=\"topic\"}"], Is.EqualTo(1));
            Assert.That(page["keker_published_total{to=\"broadcast\"}"], Is.EqualTo(1));
            Assert.That(page["keker_cached_total"], Is.EqualTo(1));
            Assert.That(page["keker_stored_messages"], Is.EqualTo(1));
            Assert.That(page["keker_waiting_bytes"], Is.Positive);
            Assert.That(page["keker_kept_bytes"], Is.Zero);
            Assert.That(page["keker_publish_to_send_seconds_count"], Is.EqualTo(3));
            Assert.That(page["keker_publish_to_send_seconds_sum"], Is.Positive.And.LessThan(Patience.Limit.TotalSeconds));
            Assert.That(page["keker_pass_members_sum"], Is.EqualTo(2 + 1 + 2));
            Assert.That(page["keker_pass_members_bucket{le=\"1\"}"], Is.EqualTo(1));
            Assert.That(page["keker_pass_members_bucket{le=\"2\"}"], Is.EqualTo(3));
            Assert.That(page["keker_pass_members_bucket{le=\"+Inf\"}"], Is.EqualTo(3));
        }
    }

    [Test]
    public async Task How_long_the_first_message_and_confirmations_take_is_counted()
    {
        await _backend.PublishAsync("alice", "waits");
        using Subscriber alice = await Subscriber.JoinAsync(_keker, certificate: null, "alice");
        Assert.That((await alice.ReadAsync()).Text, Is.EqualTo("waits"));
        using Subscriber bob = await Subscriber.JoinAsync(_keker, certificate: null, "bob");
        await using RawWebSocket silent = await RawWebSocket.JoinAsync(_keker.EndPoint, "carol");
        await MetricsPage.WaitForAsync(_keker.EndPoint, page => page["keker_recipients"] == 3, "the others");

        Assert.That(await PublishAndWaitAsync("bob", seconds: 30), Is.EqualTo(200));
        Assert.That(await PublishAndWaitAsync("carol", seconds: 1), Is.EqualTo(202));

        MetricsPage page = await MetricsPage.ReadAsync(_keker.EndPoint);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(page["keker_first_message_seconds_count"], Is.EqualTo(1), "nothing was there for the others");
            Assert.That(page["keker_receipt_seconds_count"], Is.EqualTo(1));
            Assert.That(page["keker_receipts_incomplete_total"], Is.EqualTo(1));
        }
    }

    [TestCase(1002)]
    [TestCase(1003)]
    [TestCase(1007)]
    [TestCase(1009)]
    public async Task Who_breaks_the_protocol_is_counted_by_code(int code)
    {
        await using RawWebSocket socket = await RawWebSocket.JoinAsync(_keker.EndPoint, "alice");
        await (code switch
        {
            1002 => socket.SendAsync(ClientFrame.Of((OpCode)3, [])),
            1003 => socket.SendAsync(ClientFrame.Of(OpCode.Binary, [1])),
            1007 => socket.SendAsync(ClientFrame.Of(OpCode.Text, [0xFF])),
            _ => socket.SendAsync(ClientFrame.Of(OpCode.Text, new byte[2001])),
        });
        await socket.ExpectCloseAsync(code);

        MetricsPage page = await MetricsPage.ReadAsync(_keker.EndPoint);

        foreach (int each in new[] { 1002, 1003, 1007, 1008, 1009 })
            Assert.That(page[$"keker_protocol_errors_total{{code=\"{each}\"}}"], Is.EqualTo(each == code ? 1 : 0));
    }

    [Test]
    public async Task Who_is_too_slow_is_counted()
    {
        await using RawWebSocket slow = await RawWebSocket.JoinAsync(_keker.EndPoint, "alice");
        string text = new('x', 500_000);
        while ((await MetricsPage.ReadAsync(_keker.EndPoint))["keker_slow_consumers_total"] == 0)
            await _backend.PublishAsync("alice", text);

        MetricsPage page = await MetricsPage.WaitForAsync(_keker.EndPoint, page => page["keker_sessions{mode=\"plain\"}"] == 0, "the end of the slow one");
        Assert.That(page["keker_slow_consumers_total"], Is.EqualTo(1));
    }

    [Test]
    public async Task The_process_and_its_loops_are_described()
    {
        await _backend.GetAsync("/v1/health");

        MetricsPage page = await MetricsPage.ReadAsync(_keker.EndPoint);

        double now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(page["process_start_time_seconds"], Is.EqualTo(now).Within(Patience.Limit.TotalSeconds));
            Assert.That(page["process_cpu_seconds_total"], Is.Positive);
            Assert.That(page["process_resident_memory_bytes"], Is.GreaterThan(1 << 20));
            Assert.That(page["process_open_fds"], Is.GreaterThan(3).And.LessThan(page["process_max_fds"]));
            Assert.That(page["keker_memory_limit_bytes"], Is.GreaterThan(1 << 20));
            Assert.That(page["keker_memory_pressure"], Is.InRange(0, 2));
            Assert.That(page["keker_requests_failed_total"], Is.Zero);
            Assert.That(page.Text, Does.Match("""keker_build_info\{version="\d+\.\d+\.\d+[^"]*"\} 1"""));
        }
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("KEKERD_SOCKETS") != "engine")
        {
            double[] turns = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(loop => page[$"keker_loop_turns_total{{loop=\"{loop}\"}}"])];
            Assert.That(turns.Sum(), Is.GreaterThanOrEqualTo(1));
        }
    }

    [Test]
    public async Task Open_descriptors_are_those_that_there_are()
    {
        double before = (await MetricsPage.ReadAsync(_keker.EndPoint))["process_open_fds"];

        List<RawWebSocket> sockets = [];
        for (int i = 0; i < 20; i++)
            sockets.Add(await RawWebSocket.JoinAsync(_keker.EndPoint, "alice"));
        double after = (await MetricsPage.ReadAsync(_keker.EndPoint))["process_open_fds"];
        foreach (RawWebSocket socket in sockets)
            await socket.DisposeAsync();

        Assert.That(after - before, Is.EqualTo(20).Within(2));
    }

    [TestCase(null, "text/plain; version=0.0.4; charset=utf-8")]
    [TestCase("*/*", "text/plain; version=0.0.4; charset=utf-8")]
    [TestCase("application/openmetrics-text;q=0, text/plain", "text/plain; version=0.0.4; charset=utf-8")]
    [TestCase("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", "application/openmetrics-text; version=1.0.0; charset=utf-8")]
    public async Task The_form_is_the_one_that_is_asked_for(string? accept, string contentType)
    {
        using HttpResponseMessage answer = await MetricsPage.AskAsync(_keker.EndPoint, accept);
        string text = await answer.Content.ReadAsStringAsync();

        bool isOpenMetrics = contentType.StartsWith(MetricsPage.OpenMetrics, StringComparison.Ordinal);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Content.Headers.ContentType!.ToString(), Is.EqualTo(contentType));
            Assert.That(text.EndsWith("\n# EOF\n", StringComparison.Ordinal), Is.EqualTo(isOpenMetrics));
            Assert.That(text, Does.Contain(isOpenMetrics ? "# TYPE keker_delivered counter" : "# TYPE keker_delivered_total counter"));
        }
    }

    [Test]
    public async Task Head_has_no_body()
    {
        using HttpResponseMessage answer = await MetricsPage.AskAsync(_keker.EndPoint, accept: null, method: HttpMethod.Head);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await answer.Content.ReadAsByteArrayAsync(), Is.Empty);
    }

    [Test]
    public async Task A_key_is_needed_where_there_is_one()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--publish-key", "secret");

        using HttpResponseMessage without = await MetricsPage.AskAsync(keker.EndPoint, accept: null);
        using HttpResponseMessage with = await MetricsPage.AskAsync(keker.EndPoint, accept: null, key: "secret");

        Assert.That((without.StatusCode, with.StatusCode), Is.EqualTo((HttpStatusCode.Unauthorized, HttpStatusCode.OK)));
    }

    [Test]
    public async Task With_an_admin_address_it_is_served_there_alone()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--admin-listen", "127.0.0.1:0");

        using HttpResponseMessage onPublic = await MetricsPage.AskAsync(keker.EndPoint, accept: null);
        using HttpResponseMessage onAdmin = await MetricsPage.AskAsync(keker.AdminEndPoints[0], accept: null);

        Assert.That((onPublic.StatusCode, onAdmin.StatusCode), Is.EqualTo((HttpStatusCode.NotFound, HttpStatusCode.OK)));
    }

    [Test]
    public async Task It_does_not_grow_with_tokens_and_topics()
    {
        int before = Lines(await MetricsPage.ReadAsync(_keker.EndPoint));
        for (int i = 0; i < 50; i++)
        {
            await _backend.PublishAsync($"token-{i}", "x");
            await _backend.PublishToTopicAsync($"topic-{i}", "x");
        }

        Assert.That(Lines(await MetricsPage.ReadAsync(_keker.EndPoint)), Is.EqualTo(before));

        static int Lines(MetricsPage page) => page.Text.Count(letter => letter == '\n');
    }

    private async Task<int> PublishAndWaitAsync(string token, int seconds)
    {
        await using RawClient client = await RawClient.ConnectAsync(_keker.EndPoint);
        await client.SendAsync("PUT", "/v1/publish", "to be confirmed", $"Token: {token}", $"Prefer: wait={seconds}");
        return (await client.ReadResponseAsync()).Status;
    }
}
