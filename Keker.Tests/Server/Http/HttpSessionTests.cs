using System.Net.Sockets;
using System.Text;
using Keker.Server.Broker;
using Keker.Server.Broker.Topics;
using Keker.Server.Http;
using Keker.Server.Net;
using Keker.Server.Options;
using Keker.Tests.EndToEnd;
using Keker.Tests.Server.Broker;
using Keker.Tests.Server.Net;

namespace Keker.Tests.Server.Http;

/// <summary>The deadlines of an HTTP connection, over a real socket and with time in the test's hands.</summary>
internal sealed class HttpSessionTests
{
    private const string Request = "GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Publish = "PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\nContent-Length: 1000\r\n\r\n";

    private const string PublishAndWait = "PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: b\r\nPrefer: wait=30\r\nContent-Length: 1\r\n\r\nx";

    private const string BatchHead = "POST /v1/publish/batch HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";
    private const string BatchLine = "{\"token\":\"b\",\"data\":\"1\"}\n";

    private TestServer _server = null!;
    private SocketPair _sockets = null!;
    private Connection _connection = null!;
    private HttpSession _session = null!;
    private Task<Upgrade> _run = null!;

    [SetUp]
    public void Start()
    {
        _server = new TestServer(new KekerOptions { Timeout = TimeSpan.FromSeconds(20) });
        _sockets = SocketPair.Create();
        _connection = new Connection(new EngineSocket(_sockets.Server), isAdmin: false, _server.Context.Clock);
        _session = new HttpSession(_connection, new HttpServer(_server.Context));
        _run = _session.RunAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        _connection.Abort();
        await _run.Soon("the session to end");
        _run.Dispose();
        await _connection.DisposeAsync();
        _sockets.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task A_connection_that_is_used_again_and_again_stays()
    {
        // Longer than the timeout of this server. Less than half the time: the session may come to wait only after it has passed, one request late.
        for (int i = 0; i < 10; i++)
        {
            await ExchangeAsync(Request, "HTTP/1.1 200 ");
            Pass(TimeSpan.FromSeconds(37));
        }
    }

    [Test]
    public async Task A_connection_that_is_idle_for_too_long_ends_without_a_word()
    {
        await ExchangeAsync(Request, "HTTP/1.1 200 ");

        await UntilEndedAsync(() => Pass(TimeSpan.FromSeconds(76)));

        Assert.That(await ReadToEndAsync(), Is.Empty);
    }

    [Test]
    public async Task A_connection_on_which_nothing_ever_came_ends_without_a_word()
    {
        Pass(TimeSpan.FromSeconds(11));
        Assert.That(await ReadToEndAsync(), Is.Empty);
    }

    [Test]
    public async Task A_head_that_takes_too_long_is_408()
    {
        await ExchangeAsync(Request + "GET /v1/hea", "HTTP/1.1 200 ");

        Pass(TimeSpan.FromSeconds(11));

        Assert.That(await ReadToEndAsync(), Does.StartWith("HTTP/1.1 408 ").And.Contain("\r\nConnection: close\r\n"));
    }

    [Test]
    public async Task A_body_that_drips_is_408()
    {
        await ExchangeAsync(Request + Publish + "x", "HTTP/1.1 200 ");

        Pass(TimeSpan.FromSeconds(5.5));

        Assert.That(await ReadToEndAsync(), Does.StartWith("HTTP/1.1 408 ").And.Contain("\r\nConnection: close\r\n"));
    }

    [Test]
    public async Task Each_request_has_its_own_time_also_when_the_next_one_has_always_begun()
    {
        await ExchangeAsync(Request + "GET", "HTTP/1.1 200 ");
        for (int i = 0; i < 5; i++)
        {
            Pass(TimeSpan.FromSeconds(8));
            await ExchangeAsync(Request[3..] + "GET", "HTTP/1.1 200 ");
        }
    }

    [Test]
    public async Task Each_body_has_its_own_time_also_when_the_next_one_has_always_begun()
    {
        string rest = new('x', 999);
        await ExchangeAsync(Request + Publish + "x", "HTTP/1.1 200 ");
        for (int i = 0; i < 5; i++)
        {
            Pass(TimeSpan.FromSeconds(4));
            await ExchangeAsync(rest + Publish + "x", "HTTP/1.1 404 ");
        }
    }

    [Test]
    public async Task A_drain_ends_a_connection_on_which_nothing_has_come()
    {
        _server.Context.TryBeginDrain();
        _session.Drain();
        Assert.That(await ReadToEndAsync(), Is.Empty);
    }

    [Test]
    public async Task A_drain_ends_an_idle_connection()
    {
        await ExchangeAsync(Request, "HTTP/1.1 200 ");
        _server.Context.TryBeginDrain();
        await UntilEndedAsync(() => Pass(TimeSpan.FromSeconds(1)));
        Assert.That(await ReadToEndAsync(), Is.Empty);
    }

    [Test]
    public async Task A_drain_lets_a_request_under_way_be_answered()
    {
        await ExchangeAsync(Request + Publish, "HTTP/1.1 200 ");
        _server.Context.TryBeginDrain();
        _session.Drain();

        await ExchangeAsync(new string('x', 1000), "HTTP/1.1 404 ");
        await UntilEndedAsync(() => Pass(TimeSpan.FromSeconds(1)));

        Assert.That(await ReadToEndAsync(), Is.Empty);
    }

    [Test]
    public async Task The_heartbeat_does_not_cut_who_waits_for_confirmations()
    {
        TestClient client = _server.Join("b");
        await _sockets.Client.SendAsync(Encoding.ASCII.GetBytes(PublishAndWait));
        await UntilWaitingAsync(client);

        // Longer than the timeout of this server, and all of its other deadlines.
        Pass(TimeSpan.FromSeconds(29));
        client.AnswerPing();

        Assert.That(await ReadAsync(), Does.StartWith("HTTP/1.1 200 ").And.Contain("\"received\":1"));
    }

    [Test]
    public async Task At_the_deadline_a_receipt_is_202()
    {
        TestClient client = _server.Join("b");
        await _sockets.Client.SendAsync(Encoding.ASCII.GetBytes(PublishAndWait));
        await UntilWaitingAsync(client);

        Pass(TimeSpan.FromSeconds(31));

        Assert.That(await ReadAsync(), Does.StartWith("HTTP/1.1 202 ").And.Contain("\"sessions\":1,\"received\":0,\"pending\":1,\"cached\":0"));
    }

    [Test]
    public async Task A_batch_that_stops_ends_with_a_line_that_says_408()
    {
        await ExchangeAsync(BatchHead + BatchLine + "{", "HTTP/1.1 200 ");

        Pass(TimeSpan.FromSeconds(5.5));

        Assert.That(await ReadToEndAsync(), Does.Contain("{\"status\":408,").And.EndsWith("\n\r\n0\r\n\r\n"));
    }

    [Test]
    public async Task A_batch_goes_on_as_long_as_lines_come()
    {
        await ExchangeAsync(BatchHead + BatchLine, "HTTP/1.1 200 ");
        for (int i = 0; i < 5; i++)
        {
            Pass(TimeSpan.FromSeconds(2.4));
            await ExchangeAsync(BatchLine, "52\r\n{\"status\":404,");
        }
    }

    [Test]
    public async Task A_batch_that_breaks_off_is_answered_as_far_as_it_came()
    {
        await _sockets.Client.SendAsync(Encoding.ASCII.GetBytes(BatchHead + BatchLine + "{\"token\":\"b\",\"data\":\"2\"}"));
        _sockets.Client.Shutdown(SocketShutdown.Send);

        Assert.That(await ReadToEndAsync(), Does.StartWith("HTTP/1.1 200 ").And.EndWith("}\n\r\n"), "without the last chunk");
        Assert.That(_server.Join("b").Wire.Messages, Is.EqualTo(new[] { "1" }));
    }

    [Test]
    public async Task A_batch_goes_on_behind_a_line_that_may_not_even_wait()
    {
        _server.Join("b");
        var others = new DirtyTopics();
        PublishResult result = default;
        while (result.Full is null)
            result = _server.Broker.Publish("b"u8, TestBroker.Message(64 << 10), others);
        while (result.Full.WaitForRoom() is not null)
        {
        }

        await _sockets.Client.SendAsync(Encoding.ASCII.GetBytes(BatchHead + BatchLine + "{\"token\":\"a\",\"data\":\"1\"}\n"));
        _sockets.Client.Shutdown(SocketShutdown.Send);

        Assert.That(await ReadToEndAsync(), Does.Match("\"status\":503,.*\n.*\"status\":404,"));
    }

    [Test]
    public async Task A_drain_ends_the_waiting_for_confirmations()
    {
        TestClient client = _server.Join("b");
        await _sockets.Client.SendAsync(Encoding.ASCII.GetBytes(PublishAndWait));
        await UntilWaitingAsync(client);
        _server.Context.TryBeginDrain();

        Task<string> answer = ReadAsync();
        using var timeout = new CancellationTokenSource(Patience.Limit);
        while (!answer.IsCompleted)
        {
            _session.Drain();
            await Task.WhenAny(answer, Task.Delay(1, timeout.Token));
            timeout.Token.ThrowIfCancellationRequested();
        }

        Assert.That(await answer, Does.StartWith("HTTP/1.1 202 ").And.Contain("\"pending\":1"));
    }

    private static async Task UntilWaitingAsync(TestClient client)
    {
        using var timeout = new CancellationTokenSource(Patience.Limit);
        while (client.Pings.Count == 0)
            await Task.Delay(1, timeout.Token);
    }

    private void Pass(TimeSpan time)
    {
        _server.Time.Advance(time);
        _session.OnHeartbeat(_server.Context.Clock.Now);
    }

    /// <summary>The session comes to wait a moment after its answer arrives, so the heartbeat has to look more than once.</summary>
    private async Task UntilEndedAsync(Action beat)
    {
        using var timeout = new CancellationTokenSource(Patience.Limit);
        while (!_run.IsCompleted)
        {
            beat();
            await Task.WhenAny(_run, Task.Delay(1, timeout.Token));
            timeout.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task ExchangeAsync(string request, string answer)
    {
        await _sockets.Client.SendAsync(Encoding.ASCII.GetBytes(request));
        Assert.That(await ReadAsync(), Does.StartWith(answer));
    }

    private async Task<string> ReadAsync()
    {
        byte[] buffer = new byte[4096];
        int count = await _sockets.Client.ReceiveAsync(buffer, SocketFlags.None).Soon("an answer");
        return Encoding.ASCII.GetString(buffer, 0, count);
    }

    private async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (await _sockets.Client.ReceiveAsync(buffer, SocketFlags.None).Soon("the end") is var count and > 0)
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        return text.ToString();
    }
}
