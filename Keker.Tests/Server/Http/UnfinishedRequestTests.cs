using Keker.Server.Net;
using Keker.Server.Options;
using Keker.Tests.EndToEnd;
using Keker.Tests.Server.Observability;

namespace Keker.Tests.Server.Http;

/// <summary>Requests that stop half-way: how long they may, what they hold meanwhile, and who goes when it is too much.</summary>
internal sealed class UnfinishedRequestTests
{
    private const int Budget = 2 << 20;

    private TestServer _server = null!;
    private List<HttpPeer> _peers = null!;

    private UnfinishedBudget Unfinished => _server.Context.Input.Budget;

    [SetUp]
    public void Start()
    {
        _server = new TestServer(new KekerOptions(), memory: new FakeMemory(Limits.UnfinishedMemoryShare * Budget));
        _peers = [];
    }

    [TearDown]
    public async Task StopAsync()
    {
        foreach (HttpPeer peer in _peers)
            await peer.DisposeAsync();
        Assert.That(Unfinished.Bytes, Is.Zero, "what was taken is given back");
        _server.Dispose();
    }

    [Test]
    public async Task A_body_that_stops_is_408_however_much_of_it_came()
    {
        HttpPeer peer = Connect();
        await peer.SendAsync(Publish(1_000_000) + new string('x', 999_999));

        Pass(5.5);

        Assert.That(await peer.ReadToEndAsync(), Does.StartWith("HTTP/1.1 408 "));
    }

    [Test]
    public async Task A_chunked_body_that_stops_is_408_however_much_of_it_came()
    {
        HttpPeer peer = Connect();
        await peer.SendAsync("PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\nTransfer-Encoding: chunked\r\n\r\n80000\r\n" + new string('x', 0x7FFFF));

        Pass(5.5);

        Assert.That(await peer.ReadToEndAsync(), Does.StartWith("HTTP/1.1 408 "));
    }

    [Test]
    public async Task A_line_of_a_batch_that_stops_is_408_however_much_of_it_came()
    {
        HttpPeer peer = Connect();
        await peer.SendAsync("POST /v1/publish/batch HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + new string('x', 500_000));

        Pass(5.5);

        Assert.That(await peer.ReadToEndAsync(), Does.StartWith("HTTP/1.1 408 "));
    }

    [Test]
    public async Task A_body_that_comes_on_at_the_slowest_rate_is_taken()
    {
        HttpPeer peer = Connect();
        await peer.SendAsync(Publish(12_000));
        for (int i = 0; i < 10; i++)
        {
            await peer.SendAsync(new string('x', 1200));
            Pass(4.9);
        }

        Assert.That(await peer.ReadAsync(), Does.StartWith("HTTP/1.1 404 "));
    }

    [Test]
    public async Task Half_a_head_costs_about_what_it_is()
    {
        HttpPeer peer = Connect();
        await peer.SendAsync("GET /v1/health HTTP/1.1\r\nHost: a\r\nX: ");
        Assert.That(Unfinished.Bytes, Is.LessThanOrEqualTo(Limits.StrangerBytes + Limits.UnfinishedRequestBytes + 4096));

        await peer.SendAsync(new string('x', 8000));
        Assert.That(Unfinished.Bytes, Is.LessThanOrEqualTo(Limits.StrangerBytes + Limits.UnfinishedRequestBytes + 16384));
    }

    [Test]
    public async Task When_the_budget_is_full_the_slowest_is_ended_and_not_the_newest()
    {
        HttpPeer[] stalled = [Connect(), Connect(), Connect(), Connect()];
        foreach (HttpPeer peer in stalled)
        {
            await peer.SendAsync(Publish(450_000) + new string('x', 449_000));
            Assert.That(peer.HasAnswer, Is.False);
            _server.Time.Advance(TimeSpan.FromSeconds(0.5));
        }
        HttpPeer newest = Connect();

        await newest.SendOnlyAsync(Publish(250_000) + new string('y', 250_000));

        Assert.That(await stalled[0].ReadAsync(), Does.StartWith("HTTP/1.1 408 "));
        Assert.That(await newest.ReadAsync(), Does.StartWith("HTTP/1.1 404 "));
        Assert.That(stalled[1].HasAnswer, Is.False, "one was enough");
    }

    [TestCase("Content-Length: 900000\r\n\r\n", "")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n", "F0000\r\n")]
    public async Task Where_nobody_is_slow_the_one_for_whom_nothing_is_left_is_503(string framing, string chunk)
    {
        Unfinished.Take(Budget - 100_000);
        HttpPeer peer = Connect();

        // Without the last byte: what does not fit is refused before it is whole.
        Task sent = peer.SendOnlyAsync("PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\n" + framing + chunk + new string('x', 800_000));

        string answer = await BeatUntilAsync(peer.ReadAsync());
        await sent;
        Assert.That(answer, Does.StartWith("HTTP/1.1 503 ").And.Contain("too many requests are under way"));
        Unfinished.Give(Budget - 100_000);
    }

    [Test]
    public async Task Whoever_has_finished_a_request_is_a_stranger_no_more()
    {
        HttpPeer peer = Connect();
        Assert.That((peer.IsStranger, Unfinished.Bytes), Is.EqualTo((true, Limits.StrangerBytes)));

        await peer.SendAsync("GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n");
        await peer.ReadAsync();

        Assert.That(peer.IsStranger, Is.False);
    }

    [Test]
    public async Task A_413_reaches_a_client_that_writes_all_of_its_body_first()
    {
        HttpPeer peer = Connect();
        int length = 3 * new KekerOptions().WriteBuffer;
        await peer.SendOnlyAsync(Publish(length));
        for (int i = 0; i < 3; i++)
        {
            await peer.SendOnlyAsync(new string('x', length / 3));
            Pass(1.5);
        }
        peer.FinishSending();

        Assert.That(await peer.ReadToEndAsync(), Does.StartWith("HTTP/1.1 413 "));
    }

    [Test]
    public void Only_so_many_linger_for_long_at_a_time()
    {
        for (int i = 0; i < Limits.LingeringConnections; i++)
            Assert.That(_server.Context.TryBeginLinger(), Is.True);

        Assert.That(_server.Context.TryBeginLinger(), Is.False);
        _server.Context.EndLinger();
        Assert.That(_server.Context.TryBeginLinger(), Is.True);
    }

    private static string Publish(int length) => $"PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\nContent-Length: {length}\r\n\r\n";

    private HttpPeer Connect()
    {
        var peer = new HttpPeer(_server);
        _peers.Add(peer);
        return peer;
    }

    private void Pass(double seconds)
    {
        _server.Time.Advance(TimeSpan.FromSeconds(seconds));
        foreach (HttpPeer peer in _peers)
            peer.Beat();
    }

    private async Task<T> BeatUntilAsync<T>(Task<T> task)
    {
        using var timeout = new CancellationTokenSource(Patience.Limit);
        while (!task.IsCompleted)
        {
            Unfinished.Beat();
            await Task.WhenAny(task, Task.Delay(1, timeout.Token));
            timeout.Token.ThrowIfCancellationRequested();
        }
        return await task;
    }
}
