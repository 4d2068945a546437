using Keker.Protocol.Deflate;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Net;
using Keker.Server.Options;
using Keker.Server.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.Deflate;
using Keker.Tests.Protocol.WebSocket;
using Keker.Tests.Server.Http;
using Keker.Tests.Server.Net;
using Keker.Tests.Server.Observability;

namespace Keker.Tests.Server.WebSocket;

/// <summary>What clients of WebSocket may fill memory with: messages that do not end, topics, what inflates.</summary>
internal sealed class UnfinishedMessageTests
{
    private const int Budget = 64 << 10;
    private const long Limit = Budget * Limits.UnfinishedMemoryShare;

    private FakeMemory _memory = null!;
    private TestServer _server = null!;
    private SocketPair _sockets = null!;
    private RawWebSocket _client = null!;
    private Connection _connection = null!;
    private WebSocketSession _session = null!;
    private Task _run = Task.CompletedTask;

    private UnfinishedBudget Unfinished => _server.Context.Input.Budget;

    [SetUp]
    public void Start()
    {
        _memory = new FakeMemory(Limit);
        _server = new TestServer(new KekerOptions { Timeout = TimeSpan.FromSeconds(60) }, new BrokerLimits { SubscriptionMemory = 10_000 }, _memory);
        _sockets = SocketPair.Create();
        _client = new RawWebSocket(RawClient.Over(_sockets.Client)) { AnswersPings = false };
        _connection = new Connection(new EngineSocket(_sockets.Server), isAdmin: false, _server.Context.Clock, _server.Context.Input);
        _connection.TryCountStranger();
    }

    [TearDown]
    public async Task StopAsync()
    {
        _connection.Abort();

        // The heartbeat ends a pause, if there is one.
        using var timeout = new CancellationTokenSource(Patience.Limit);
        while (await Task.WhenAny(_run, Task.Delay(1, timeout.Token)) != _run)
            Pass(0.1);
        _connection.UncountStranger();
        await _connection.DisposeAsync();
        await _client.DisposeAsync();
        _sockets.Dispose();
        Assert.That(Unfinished.Bytes, Is.Zero, "what was taken is given back");

        // What a break may need again has had its time.
        for (int i = 0; i < 10; i++)
        {
            _server.Time.Advance(TimeSpan.FromMinutes(1));
            _server.Broker.DropExpired();
        }
        Assert.That(_server.Broker.Context.SubscriptionMemory.Bytes, Is.Zero, "and so is what topics cost");
        _server.Dispose();
    }

    [Test]
    public async Task A_message_that_does_not_end_in_time_is_closed_with_1008([Values] bool afterHello, [Values] bool inHeader)
    {
        Run();
        if (afterHello)
            await _client.HelloAsync("token");
        byte[] message = ClientFrame.Of(OpCode.Text, new string('x', 500));
        await SendPartAsync(message[..(inHeader ? 3 : 100)]);
        if (afterHello)
        {
            // The first ping, which keeps the session.
            Pass(30);
            Assert.That((await _client.ReadAsync()).OpCode, Is.EqualTo(OpCode.Ping));
            if (!inHeader)
                await _client.SendAsync(message[100..101]);
        }

        Pass(afterHello ? 29.9 : 59.9);
        Assert.That(_run.IsCompleted, Is.False);
        Pass(0.2);

        await ExpectCloseAsync(1008);
    }

    [Test]
    public async Task A_message_that_ends_in_time_is_none_of_them()
    {
        Run();
        await _client.HelloAsync("token");
        byte[] message = ClientFrame.Of(OpCode.Text, new string('x', 500));
        await SendPartAsync(message[..100]);
        Pass(29);
        await _client.SendAsync([.. message[100..], .. ClientFrame.Of(OpCode.Ping, "there")]);
        Assert.That((await _client.ReadAsync()).Text, Is.EqualTo("there"));

        Assert.That(_session.UnfinishedSince, Is.Zero);
        Assert.That(Unfinished.Bytes, Is.Zero, "an idle session holds nothing");
    }

    [Test]
    public async Task Half_a_message_that_finds_no_memory_is_closed_with_1013()
    {
        Run();
        await _client.HelloAsync("token");
        Unfinished.Take(Budget - 20_000);

        await _client.SendAsync(ClientFrame.Raw(0x81, new byte[40_000], announced: 50_000));

        await ExpectCloseAsync(1013);
        Unfinished.Give(Budget - 20_000);
        Assert.That(_server.Context.Counters.SlowConsumers.Value, Is.Zero, "it was not slow");
    }

    [Test]
    public async Task A_command_of_a_session_is_heard_however_little_memory_strangers_have_left()
    {
        Run(Variant.Tagged);
        await _client.SendAsync(ClientFrame.Of(OpCode.Text, "HELLO token"));
        Assert.That((await _client.ReadAsync()).Text, Does.StartWith("WELCOME "));
        Unfinished.Take(Budget);

        await _client.SendAsync(ClientFrame.Of(OpCode.Text, "SUBSCRIBE news"));

        Assert.That((await _client.ReadAsync()).Text, Does.StartWith("OK SUBSCRIBE news "));
        Unfinished.Give(Budget);
    }

    [Test]
    public async Task Who_says_HELLO_is_a_stranger_no_more()
    {
        Run();
        Assert.That(_connection.IsStranger);

        await _client.HelloAsync("token");

        Assert.That(_connection.IsStranger, Is.False);
    }

    [Test]
    public async Task A_HELLO_that_finds_hardly_any_memory_is_closed_with_1013()
    {
        _memory.Heap = Limit * 9 / 10;
        _server.Context.Memory.Check();
        Run();
        await _client.SendTextAsync("HELLO token");
        await ExpectCloseAsync(1013);
    }

    [Test]
    public async Task Over_the_bound_of_topics_a_tagged_client_is_told_to_try_later()
    {
        Run(Variant.Tagged);
        await _client.SendTextAsync("HELLO token");
        Assert.That((await _client.ReadAsync()).Text, Does.StartWith("WELCOME "));
        string answer = "OK SUBSCRIBE ";
        for (int i = 0; i < 20 && answer.StartsWith("OK SUBSCRIBE ", StringComparison.Ordinal); i++)
        {
            await _client.SendTextAsync($"SUBSCRIBE topic-{i}");
            answer = (await _client.ReadAsync()).Text;
        }
        Assert.That(answer, Does.StartWith("ERR try-later "));

        await _client.SendTextAsync("UNSUBSCRIBE topic-1");
        Assert.That((await _client.ReadAsync()).Text, Is.EqualTo("OK UNSUBSCRIBE topic-1"));
        await _client.SendTextAsync("SUBSCRIBE topic-1");
        Assert.That((await _client.ReadAsync()).Text, Does.StartWith("OK SUBSCRIBE topic-1 "), "there is room again");
    }

    [Test]
    public async Task Over_the_bound_of_memory_a_plain_client_that_subscribes_is_closed_with_1013()
    {
        Run();
        await _client.HelloAsync("token");
        _memory.Resident = Limit * 3 / 4;
        _server.Context.Memory.Check();

        await _client.SendTextAsync("SUBSCRIBE news");

        await ExpectCloseAsync(1013);
    }

    [Test]
    public async Task What_inflates_costs_a_frame_for_each_KiB()
    {
        Run(Variant.Deflated);
        await _client.HelloAsync("token");
        byte[] bomb = ClientFrame.Raw(0xC1, DeflateOf(new string('x', 51_000)));

        // A burst is 200 frames; four of these cost as many.
        await _client.SendAsync(ClientFrame.Join([bomb, bomb, bomb, bomb, ClientFrame.Of(OpCode.Ping, "after")]));
        Task<ServerFrame> answer = _client.ReadAsync();
        using var timeout = new CancellationTokenSource(Patience.Limit);
        for (int seconds = 0; !answer.IsCompleted; seconds++)
        {
            if (seconds == 0)
                await Task.WhenAny(answer, Task.Delay(200, timeout.Token));
            Assert.That(answer.IsCompleted && seconds == 0, Is.False, "it is held back");
            Pass(0.1);
            await Task.WhenAny(answer, Task.Delay(1, timeout.Token));
        }

        Assert.That((await answer).Text, Is.EqualTo("after"));
    }

    private static byte[] DeflateOf(string text)
    {
        byte[] frame = Deflater.TryDeflateFrame(OpCode.Text, System.Text.Encoding.ASCII.GetBytes(text))!;
        return frame[(frame[1] < 126 ? 2 : 4)..];
    }

    private void Run(Variant variant = Variant.Plain)
    {
        _session = new WebSocketSession(_connection, _server.Context, variant);
        _run = _session.RunAsync();
    }

    /// <summary>Sends a part of a message and waits until the server has it.</summary>
    private async Task SendPartAsync(byte[] part)
    {
        await _client.SendAsync(part);
        using var timeout = new CancellationTokenSource(Patience.Limit);
        while (_session.UnfinishedSince == 0)
            await Task.Delay(1, timeout.Token);
    }

    /// <summary>What the client sends after the Close is a part of its message, and no Close: it is given its time, and then cut off.</summary>
    private async Task ExpectCloseAsync(int code)
    {
        ServerFrame close = await _client.ReadAsync();
        Assert.That((close.OpCode, close.CloseCode), Is.EqualTo((OpCode.Close, code)));
        Pass(6);
        await _client.Client.ExpectEndAsync();
    }

    private void Pass(double seconds)
    {
        _server.Time.Advance(TimeSpan.FromSeconds(seconds));
        _session.OnHeartbeat(_server.Context.Clock.Now);
    }
}
