using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Net;
using Keker.Server.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Server.Broker;
using Keker.Tests.Server.Http;
using Keker.Tests.Server.Net;

namespace Keker.Tests.Server.WebSocket;

/// <summary>HELLO and SUBSCRIBE of a keker.v2 client that names no id, while another session of its token has not confirmed what it was sent.</summary>
internal sealed class TaggedStartTests
{
    private TestServer _server = null!;
    private SocketPair _sockets = null!;
    private Connection _connection = null!;
    private RawWebSocket _client = null!;
    private Task _run = Task.CompletedTask;

    [SetUp]
    public void Start()
    {
        _server = new TestServer();
        _sockets = SocketPair.Create();
        _client = new RawWebSocket(RawClient.Over(_sockets.Client));
        _connection = new Connection(new EngineSocket(_sockets.Server), isAdmin: false, _server.Context.Clock);
        _run = new WebSocketSession(_connection, _server.Context, Variant.Tagged).RunAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        _connection.Abort();
        await _run.Soon("the session to end");
        await _connection.DisposeAsync();
        await _client.DisposeAsync();
        _sockets.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task The_answer_tells_the_id_after_which_messages_begin_when_the_other_one_is_silent()
    {
        TestClient other = JoinOther();
        string epoch = await SubscribeAsync(other);
        _server.Time.Advance(TimeSpan.FromSeconds(1.2));
        await _client.ExpectTextAsync($"OK SUBSCRIBE news {epoch}:0");
        await _client.ExpectTextAsync($"MSG {epoch}:1 news\n1");
    }

    [Test]
    public async Task The_answer_tells_the_id_after_which_messages_begin_when_the_other_one_has_everything()
    {
        TestClient other = JoinOther();
        string epoch = await SubscribeAsync(other);
        other.AnswerPing();
        _server.Time.Advance(TimeSpan.FromSeconds(0.2));
        Publish("2");
        await _client.ExpectTextAsync($"OK SUBSCRIBE news {epoch}:1");
        await _client.ExpectTextAsync($"MSG {epoch}:2 news\n2");
    }

    [Test]
    public async Task A_command_behind_it_is_taken_after_the_answer()
    {
        TestClient other = JoinOther();
        string epoch = await SubscribeAsync(other);
        await _client.SendTextAsync("what");
        _server.Time.Advance(TimeSpan.FromSeconds(1.2));
        await _client.ExpectTextAsync($"OK SUBSCRIBE news {epoch}:0");
        await _client.ExpectTextAsync($"MSG {epoch}:1 news\n1");
        Assert.That((await _client.ReadAsync()).Text, Does.StartWith("ERR bad-command "));
    }

    [Test]
    public async Task The_welcome_tells_the_id_after_which_messages_begin_when_the_other_one_is_silent()
    {
        TestClient other = _server.Join("token");
        Publish("1", toToken: true);
        string epoch = await SayHelloAsync(other);
        Broadcast("all");
        _server.Time.Advance(TimeSpan.FromSeconds(1.2));
        await ExpectWelcomeAsync($"{epoch}:0");
        List<string> messages = [(await _client.ReadAsync()).Text, (await _client.ReadAsync()).Text];
        Assert.That(messages, Has.One.EqualTo($"MSG {epoch}:1 -\n1").And.One.EndsWith(" *\nall"));
    }

    [Test]
    public async Task The_welcome_tells_the_id_after_which_messages_begin_when_the_other_one_has_everything()
    {
        TestClient other = _server.Join("token");
        Publish("1", toToken: true);
        string epoch = await SayHelloAsync(other);
        other.AnswerPing();
        _server.Time.Advance(TimeSpan.FromSeconds(0.2));
        Publish("2", toToken: true);
        await ExpectWelcomeAsync($"{epoch}:1");
        await _client.ExpectTextAsync($"MSG {epoch}:2 -\n2");
    }

    /// <summary>A session of the same client that was sent a message.</summary>
    private TestClient JoinOther()
    {
        TestClient other = _server.Join("token");
        Assert.That(_server.Broker.TryJoinTopic(other.Session, "news"u8, resume: null, out JoinResult joined));
        _server.Broker.Deliver(joined);
        Publish("1");
        return other;
    }

    /// <summary>Says HELLO and SUBSCRIBE.</summary>
    /// <returns>The epoch of the topic.</returns>
    private async Task<string> SubscribeAsync(TestClient other)
    {
        Topic topic = _server.Broker.Context.NamedTopics.Find("news"u8)!;
        await _client.SendTextAsync("HELLO token");
        Assert.That((await _client.ReadAsync()).Text, Does.StartWith("WELCOME "));
        await _client.SendTextAsync("SUBSCRIBE news");
        TestBroker.WaitUntil(() => topic.MemberCount == 2 && other.Pings.Count > 0, "the other session to be asked");
        return $"{topic.Epoch:x}";
    }

    /// <summary>Says HELLO, and waits until the other session is asked.</summary>
    /// <returns>The epoch of the token's topic.</returns>
    private async Task<string> SayHelloAsync(TestClient other)
    {
        Topic topic = other.Session.OwnTopic!.Topic;
        await _client.SendTextAsync("HELLO token");
        TestBroker.WaitUntil(() => topic.MemberCount == 2 && other.Pings.Count > 0, "the other session to be asked");
        return $"{topic.Epoch:x}";
    }

    private async Task ExpectWelcomeAsync(string id) => Assert.That((await _client.ReadAsync()).Text, Does.Match($"^WELCOME [0-9a-f]+ {id}$"));

    private void Broadcast(string text)
    {
        var dirty = new DirtyTopics();
        _server.Broker.Broadcast(TestBroker.Message(text), dirty);
        _server.Broker.Flush(dirty);
    }

    private void Publish(string text, bool toToken = false)
    {
        var dirty = new DirtyTopics();
        if (toToken)
            _server.Broker.Publish("token"u8, TestBroker.Message(text), dirty);
        else
            _server.Broker.PublishToTopic("news"u8, TestBroker.Message(text), dirty);
        _server.Broker.Flush(dirty);
    }
}
