using Keker.Protocol.WebSocket;
using Keker.Server.Broker.Topics;
using Keker.Server.Net;
using Keker.Server.Options;
using Keker.Server.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.WebSocket;
using Keker.Tests.Server.Broker;
using Keker.Tests.Server.Http;
using Keker.Tests.Server.Net;

namespace Keker.Tests.Server.WebSocket;

/// <summary>The deadlines of a WebSocket connection, over a real socket and with time in the test's hands.</summary>
internal sealed class WebSocketSessionTests
{
    private TestServer _server = null!;
    private SocketPair _sockets = null!;
    private Connection _connection = null!;
    private WebSocketSession _session = null!;
    private RawWebSocket _client = null!;
    private Task? _run;

    [SetUp]
    public void Start()
    {
        _server = new TestServer(new KekerOptions { Timeout = TimeSpan.FromSeconds(60) });
        _sockets = SocketPair.Create();
        _client = new RawWebSocket(RawClient.Over(_sockets.Client)) { AnswersPings = false };
        _connection = new Connection(new EngineSocket(_sockets.Server), isAdmin: false, _server.Context.Clock);
        _session = new WebSocketSession(_connection, _server.Context);
        _run = null;
    }

    [TearDown]
    public async Task StopAsync()
    {
        _connection.Abort();
        if (_run is not null)
            await _run.Soon("the session to end");
        _run?.Dispose();
        await _connection.DisposeAsync();
        await _client.DisposeAsync();
        _sockets.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task HELLO_has_until_the_timeout()
    {
        Run();
        Pass(59.9);
        await _client.HelloAsync("token");
        Pass(0.2);
        await _client.SendAsync(ClientFrame.Of(OpCode.Ping, "x"));
        Assert.That((await _client.ReadAsync()).OpCode, Is.EqualTo(OpCode.Pong));
    }

    [Test]
    public async Task Without_HELLO_it_is_closed_at_the_timeout()
    {
        Run();
        Pass(60);
        await _client.ExpectCloseAsync(1008, "no HELLO within 60 s");
    }

    [Test]
    public async Task A_ping_comes_every_half_timeout_and_its_pong_keeps_the_session()
    {
        Run();
        await _client.HelloAsync("token");
        for (byte i = 1; i < 10; i++)
        {
            Pass(30);
            ServerFrame ping = await _client.ReadAsync();
            Assert.That((ping.OpCode, ping.Payload[..4]), Is.EqualTo((OpCode.Ping, new byte[] { 0, 0, 0, i })));
            await AnswerAsync(ping.Payload);
        }
    }

    [Test]
    public async Task Only_an_answer_to_a_ping_is_a_sign_of_life()
    {
        Run();
        await _client.HelloAsync("token");
        Pass(30);
        Assert.That((await _client.ReadAsync()).OpCode, Is.EqualTo(OpCode.Ping));
        await AnswerAsync([0, 0, 0, 9]);
        await AnswerAsync([]);
        Pass(29.9);
        Assert.That(_run!.IsCompleted, Is.False);

        Pass(0.2);

        await _run.Soon("the session to end");
        Assert.That(_server.Context.Counters.Sessions, Is.Zero);
    }

    [Test]
    public async Task A_peer_that_does_not_answer_a_Close_is_cut_off_after_5_seconds()
    {
        Run();
        await _client.SendAsync(ClientFrame.Of(OpCode.Binary, "x"));
        Assert.That((await _client.ReadAsync()).CloseCode, Is.EqualTo(1003));
        Pass(4.9);
        Assert.That(_run!.IsCompleted, Is.False);

        Pass(0.2);

        await _run.Soon("the session to end");
    }

    [Test]
    public async Task A_peer_that_acknowledges_everything_and_is_slow_to_answer_a_ping_has_the_timeout()
    {
        Run();
        await _client.HelloAsync("token");
        Pass(30);
        Assert.That((await _client.ReadAsync()).OpCode, Is.EqualTo(OpCode.Ping));
        for (int i = 0; i < 29; i++)
            Pass(1);
        Assert.That(_run!.IsCompleted, Is.False, "its machine has acknowledged the ping: the network is there");

        Pass(1);

        await _run.Soon("the session to end");
    }

    [Test]
    public async Task A_peer_that_reads_nothing_has_the_timeout_and_is_a_slow_consumer_then()
    {
        Run();
        await _client.HelloAsync("token");
        Pass(1);
        Publish(16 << 20);
        await UntilNothingMovesAsync();
        for (int i = 0; i < 59; i++)
            Pass(1);
        Assert.That((_run!.IsCompleted, _server.Context.Counters.SlowConsumers.Value), Is.EqualTo((false, 0)), "a closed window is no dead network");

        Pass(1);
        Assert.That(_server.Context.Counters.SlowConsumers.Value, Is.EqualTo(1));
        Pass(1);

        await _run.Soon("the session to end");
    }

    [Test]
    public async Task A_connection_that_becomes_a_WebSocket_while_the_drain_goes_by_is_closed_as_well()
    {
        _server.Context.TryBeginDrain();
        Run();
        await _client.ExpectCloseAsync(1001);
    }

    [Test]
    public async Task A_drain_closes_with_1001()
    {
        Run();
        await _client.HelloAsync("token");

        _session.Drain();

        await _client.ExpectCloseAsync(1001);
    }

    [Test]
    [Platform("Linux")]
    public async Task A_peer_whose_network_takes_nothing_is_dropped_after_15_seconds([Values] bool sendWaits)
    {
        Run();
        await _client.HelloAsync("token");
        Pass(1);
        DeadNetwork.Cut(_sockets.Client);
        Publish(sendWaits ? 16 << 20 : 10);
        Pass(1);
        for (int i = 0; i < 15; i++)
        {
            Assert.That(_run!.IsCompleted, Is.False);
            Pass(1);
        }
        Pass(1);

        await _run!.Soon("the session to end");
        Assert.That(_server.Context.Counters.SlowConsumers.Value, Is.Zero);
    }

    private void Publish(int length)
    {
        var dirty = new DirtyTopics();
        _server.Broker.Publish(TestBroker.Token("token"), TestBroker.Message(length), dirty);
        _server.Broker.Flush(dirty);
    }

    /// <summary>Waits until the kernel takes no more, and says that the peer has closed its window.</summary>
    private Task UntilNothingMovesAsync() => Task.Run(() => TestBroker.WaitUntil(
        () => _connection.ReadTcpFigures() is { UnsentBytes: > 0, IsWindowClosed: true }, "the window stayed open"));

    private void Run() => _run = _session.RunAsync();

    private void Pass(double seconds)
    {
        _server.Time.Advance(TimeSpan.FromSeconds(seconds));
        _session.OnHeartbeat(_server.Context.Clock.Now);
    }

    /// <summary>Sends a pong, and a ping whose answer shows that the pong was read.</summary>
    private async Task AnswerAsync(byte[] payload)
    {
        await _client.SendAsync([.. ClientFrame.Of(OpCode.Pong, payload), .. ClientFrame.Of(OpCode.Ping, "read")]);
        ServerFrame answer = await _client.ReadAsync();
        Assert.That((answer.OpCode, answer.Text), Is.EqualTo((OpCode.Pong, "read")));
    }
}
