using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd.Signed;

/// <summary>Which topics a signed HELLO brings, and until when.</summary>
internal sealed class SignedTopicTests
{
    private SignedServer _server = null!;
    private Backend _backend = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _server = await SignedServer.StartAsync("HS256", "--public-topic", "news", "--public-topic", "open-*");
        _backend = new Backend(_server.Keker.EndPoint);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _backend.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Channels_are_joined_with_the_HELLO()
    {
        await using RawWebSocket tagged = await _server.JoinAsync("\"sub\":\"a1\",\"channels\":[\"room-1\",\"room-2\"]");
        Assert.That((await tagged.ReadAsync()).Text, Does.StartWith("OK SUBSCRIBE room-1 "));
        Assert.That((await tagged.ReadAsync()).Text, Does.StartWith("OK SUBSCRIBE room-2 "));
        await using RawWebSocket plain = await _server.ConnectAsync(tagged: false);
        await plain.HelloAsync(_server.Maker.Token("\"sub\":\"a2\",\"channels\":[\"room-2\"]"));

        await PublishAsync("room-2", "hello");

        Assert.That((await tagged.ReadAsync()).Text, Does.EndWith(" room-2\nhello"));
        await plain.ExpectTextAsync("hello");
    }

    [TestCase("match-17", true)]
    [TestCase("match-", true)]
    [TestCase("room", true)]
    [TestCase("room-17", false)]
    [TestCase("match", false)]
    [TestCase("Match-17", false)]
    [TestCase("news", true)]
    [TestCase("news-1", false)]
    [TestCase("open-1", true)]
    public async Task Patterns_and_public_topics_say_what_may_be_asked_for(string topic, bool isAllowed)
    {
        await using RawWebSocket tagged = await _server.JoinAsync("\"sub\":\"b1\",\"subscribe\":[\"match-*\",\"room\"]");
        await using RawWebSocket plain = await _server.ConnectAsync(tagged: false);
        await plain.HelloAsync(_server.Maker.Token("\"sub\":\"b2\",\"subscribe\":[\"match-*\",\"room\"]"));

        await tagged.SendTextAsync($"SUBSCRIBE {topic}");
        await plain.SendAsync([.. ClientFrame.Of(OpCode.Text, $"SUBSCRIBE {topic}"), .. ClientFrame.Of(OpCode.Ping, "done")]);

        Assert.That((await tagged.ReadAsync()).Text, isAllowed ? Does.StartWith($"OK SUBSCRIBE {topic} ") : Is.EqualTo($"ERR not-allowed {topic}"));
        if (isAllowed)
            await plain.ExpectAsync(OpCode.Pong, "done"u8.ToArray());
        else
            await plain.ExpectCloseAsync(4403, $"not allowed: {topic}");
    }

    [Test]
    public async Task A_long_topic_is_told_as_far_as_there_is_room()
    {
        await using RawWebSocket plain = await _server.ConnectAsync(tagged: false);
        await plain.HelloAsync(_server.Maker.Token("\"sub\":\"b3\""));

        await plain.SendTextAsync($"SUBSCRIBE {new string('ä', 200)}");

        await plain.ExpectCloseAsync(4403, $"not allowed: {new string('ä', 55)}");
    }

    [Test]
    public async Task A_token_for_one_topic_lets_its_subject_in_until_its_end()
    {
        await using RawWebSocket tagged = await _server.JoinAsync("\"sub\":\"c1\"");
        await tagged.SendTextAsync($"SUBSCRIBE secret {_server.Maker.Token("\"sub\":\"c1\",\"topic\":\"secret\"", lifetime: 3)}");
        Assert.That((await tagged.ReadAsync()).Text, Does.StartWith("OK SUBSCRIBE secret "));
        await using RawWebSocket plain = await _server.ConnectAsync(tagged: false);
        await plain.HelloAsync(_server.Maker.Token("\"sub\":\"c2\""));
        await plain.SendAsync(
        [
            .. ClientFrame.Of(OpCode.Text, $"SUBSCRIBE secret {_server.Maker.Token("\"sub\":\"c2\",\"topic\":\"secret\"")}"), .. ClientFrame.Of(OpCode.Ping, "done"),
        ]);
        await plain.ExpectAsync(OpCode.Pong, "done"u8.ToArray());
        await PublishAsync("secret", "there");
        Assert.That((await tagged.ReadAsync()).Text, Does.EndWith(" secret\nthere"));
        await plain.ExpectTextAsync("there");

        Assert.That((await tagged.ReadAsync()).Text, Is.EqualTo("ERR not-allowed secret"));

        await PublishAsync("secret", "later");
        await plain.ExpectTextAsync("later");
        await tagged.SendTextAsync("PING");
        await tagged.ExpectTextAsync("PONG");
    }

    [Test]
    public async Task A_newer_token_for_a_topic_takes_the_place_of_the_older()
    {
        await using RawWebSocket session = await _server.JoinAsync("\"sub\":\"c3\"");
        await session.SendTextAsync($"SUBSCRIBE secret3 {_server.Maker.Token("\"sub\":\"c3\",\"topic\":\"secret3\"")}");
        string first = (await session.ReadAsync()).Text;
        await session.SendTextAsync($"SUBSCRIBE secret3 {first.Split(' ')[^1]} {_server.Maker.Token("\"sub\":\"c3\",\"topic\":\"secret3\"", lifetime: 1)}");
        Assert.That((await session.ReadAsync()).Text, Is.EqualTo(first));

        Assert.That((await session.ReadAsync()).Text, Is.EqualTo("ERR not-allowed secret3"));
    }

    [Test]
    public async Task A_topic_that_is_asked_for_again_without_its_token_keeps_its_end()
    {
        await using RawWebSocket session = await _server.JoinAsync("\"sub\":\"c4\"");
        await session.SendTextAsync($"SUBSCRIBE secret4 {_server.Maker.Token("\"sub\":\"c4\",\"topic\":\"secret4\"", lifetime: 2)}");
        string first = (await session.ReadAsync()).Text;
        Assert.That(first, Does.StartWith("OK SUBSCRIBE secret4 "));

        await session.SendTextAsync("SUBSCRIBE secret4");
        Assert.That((await session.ReadAsync()).Text, Is.EqualTo(first));

        await session.ExpectTextAsync("ERR not-allowed secret4");
        await session.SendTextAsync("SUBSCRIBE secret4");
        await session.ExpectTextAsync("ERR not-allowed secret4");
    }

    [TestCase("\"sub\":\"d1\",\"topic\":\"other\"")]
    [TestCase("\"sub\":\"mallory\",\"topic\":\"secret\"")]
    [TestCase("\"sub\":\"d1\"")]
    [TestCase("\"sub\":\"d1\",\"channels\":[\"secret\"]")]
    [TestCase("\"sub\":\"d1\",\"topic\":\"secre*\"")]
    public async Task A_token_for_something_else_does_not(string claims)
    {
        await using RawWebSocket session = await _server.JoinAsync("\"sub\":\"d1\"");

        await session.SendTextAsync($"SUBSCRIBE secret {_server.Maker.Token(claims)}");

        await session.ExpectTextAsync("ERR not-allowed secret");
    }

    [Test]
    public async Task A_second_HELLO_brings_new_rights_without_a_replay()
    {
        await using RawWebSocket session = await _server.JoinAsync("\"sub\":\"e1\",\"channels\":[\"old\",\"both\"],\"subscribe\":[\"asked\"]", lifetime: 3);
        await session.ReadAsync();
        await session.ReadAsync();
        await session.SendTextAsync("SUBSCRIBE asked");
        await session.ReadAsync();
        await session.SendTextAsync("SUBSCRIBE news");
        await session.ReadAsync();
        await _backend.PublishAsync("e1", "before");
        Assert.That((await session.ReadAsync()).Text, Does.EndWith("\nbefore"));

        await using RawWebSocket clock = await _server.JoinAsync("\"sub\":\"e2\"", lifetime: 3);
        await session.SendTextAsync($"HELLO {_server.Maker.Token("\"sub\":\"e1\",\"channels\":[\"both\",\"new\"]")}");

        Assert.That((await session.ReadAsync()).Text, Does.StartWith("WELCOME "));
        await session.ExpectTextAsync("ERR not-allowed old");
        await session.ExpectTextAsync("ERR not-allowed asked");
        Assert.That((await session.ReadAsync()).Text, Does.StartWith("OK SUBSCRIBE new "));
        foreach (string topic in new[] { "old", "asked", "both", "new", "news" })
            await PublishAsync(topic, $"in {topic}");
        foreach (string topic in new[] { "both", "new", "news" })
            Assert.That((await session.ReadAsync()).Text, Does.EndWith($" {topic}\nin {topic}"));
        await clock.ExpectCloseAsync(4401);
        await _backend.PublishAsync("e1", "on");
        Assert.That((await session.ReadAsync()).Text, Does.EndWith(" -\non"), "the first end is not the end any more");
    }

    [TestCase("\"sub\":\"someone-else\"", 3600)]
    [TestCase("\"sub\":\"f1\"", -100)]
    [TestCase("\"sub\":\"f1\",\"topic\":\"x\"", 3600)]
    public async Task A_second_HELLO_that_is_not_good_ends_the_session(string claims, int lifetime)
    {
        await using RawWebSocket session = await _server.JoinAsync("\"sub\":\"f1\"");

        await session.SendTextAsync($"HELLO {_server.Maker.Token(claims, lifetime)}");

        await session.ExpectCloseAsync(4401, "the token is not valid: get a fresh one");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_session_ends_with_its_token(bool tagged)
    {
        await using RawWebSocket session = await _server.ConnectAsync(tagged);
        await session.SendTextAsync($"HELLO {_server.Maker.Token("\"sub\":\"g1\"", lifetime: 2)}");
        if (tagged)
            Assert.That((await session.ReadAsync()).Text, Does.StartWith("WELCOME "));

        await session.ExpectCloseAsync(4401, "the token has expired: get a fresh one");
    }

    [Test]
    public async Task Who_comes_back_with_a_token_that_expired_meanwhile_does_not_get_in()
    {
        await using (RawWebSocket session = await _server.JoinAsync("\"sub\":\"h1\""))
            await _backend.PublishAsync("h1", "one");
        await using RawWebSocket back = await _server.ConnectAsync();

        await back.SendTextAsync($"HELLO {_server.Maker.Token("\"sub\":\"h1\"", lifetime: -61)}");

        await back.ExpectCloseAsync(4401);
    }

    [Test]
    public async Task What_is_said_behind_a_HELLO_that_is_being_checked_keeps_its_order()
    {
        await using SignedServer server = await SignedServer.StartAsync("ES384");
        await using RawWebSocket session = await server.ConnectAsync();
        byte[] hello = ClientFrame.Of(OpCode.Text, $"HELLO {server.Maker.Token("\"sub\":\"i1\",\"subscribe\":[\"*\"]")}");
        byte[] subscribe = ClientFrame.Of(OpCode.Text, "SUBSCRIBE one");
        byte[] ping = ClientFrame.Of(OpCode.Text, "PING two");

        await session.SendAsync([.. hello, .. subscribe, .. ping]);

        Assert.That((await session.ReadAsync()).Text, Does.StartWith("WELCOME "));
        Assert.That((await session.ReadAsync()).Text, Does.StartWith("OK SUBSCRIBE one "));
        await session.ExpectTextAsync("PONG two");
    }

    private Task<RawResponse> PublishAsync(string topic, string body) => _backend.PublishToTopicAsync(topic, body);
}
