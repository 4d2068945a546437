using System.Text.RegularExpressions;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Http;
using Keker.Server.Options;
using Keker.Tests.Server.Broker;

namespace Keker.Tests.Server.Http;

/// <summary>A request that waits holds up the answers behind it, and nothing else.</summary>
internal sealed partial class AnswersInOrderTests
{
    private const string Wait = "PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: w\r\nPrefer: wait=30\r\nContent-Length: 1\r\n\r\nx";
    private const string Health = "GET /v1/health HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Last = "GET /v1/stats HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    private const string Handshake =
        "GET /v1/subscribe HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    private TestServer _server = null!;
    private HttpPeer _peer = null!;
    private TestClient _waited = null!;

    [SetUp]
    public void Start()
    {
        _server = new TestServer(limits: new BrokerLimits { Lag = 64 << 10 });
        _peer = new HttpPeer(_server);
        _waited = _server.Join("w");
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _peer.DisposeAsync();
        _server.Dispose();
    }

    [Test]
    public async Task What_is_behind_a_wait_is_done_at_once_and_answered_after_it()
    {
        TestClient other = _server.Join("a");
        await _peer.SendAsync(Wait + Publish("a", "now") + Health);
        TestBroker.WaitUntil(() => other.Wire.Messages is ["now"], "the message behind");
        Assert.That(_peer.HasAnswer, Is.False);
        _waited.AnswerPing();
        Assert.That(await BodiesAsync(3), Is.EqualTo(new[] { "received", "published", "ok" }));
    }

    [Test]
    public async Task The_answers_before_a_wait_do_not_wait_for_it()
    {
        await _peer.SendAsync(Health + Wait);
        Assert.That(await BodiesAsync(1), Is.EqualTo(new[] { "ok" }));
        _waited.AnswerPing();
        Assert.That(await BodiesAsync(1), Is.EqualTo(new[] { "received" }));
    }

    [Test]
    public async Task Waits_may_end_in_any_order()
    {
        TestClient[] clients = [_waited, _server.Join("v"), _server.Join("u")];
        await _peer.SendAsync(Wait + Wait.Replace("Token: w", "Token: v", StringComparison.Ordinal) + Health + Wait.Replace("Token: w", "Token: u", StringComparison.Ordinal));
        TestBroker.WaitUntil(() => Array.TrueForAll(clients, client => client.Pings.Count == 1), "the pings");
        clients[1].AnswerPing();
        clients[2].AnswerPing();
        Assert.That(_peer.HasAnswer, Is.False);
        clients[0].AnswerPing();
        Assert.That(await BodiesAsync(4), Is.EqualTo(new[] { "received", "received", "ok", "received" }));
    }

    [Test]
    public async Task No_more_than_1024_answers_wait()
    {
        await using var answers = new Answers(_server);
        string requests = Wait + string.Concat(Enumerable.Repeat(Health, 2000));
        ReadOutcome outcome = answers.Feed(System.Text.Encoding.ASCII.GetBytes(requests));
        Assert.That((outcome, answers.LeftOver, answers.Text), Is.EqualTo((ReadOutcome.AnswersFull, (2001 - Limits.PipelinedRequests) * Health.Length, "")));
        _waited.AnswerPing();
        TestBroker.WaitUntil(() => answers.Statuses.Length == Limits.PipelinedRequests, "the answers that waited");
        Assert.That((answers.Feed(default), answers.Statuses.Length), Is.EqualTo((ReadOutcome.Idle, 2001)));
    }

    [Test]
    public async Task A_connection_with_more_than_that_reads_on_when_they_are_out()
    {
        await _peer.SendOnlyAsync(Wait + string.Concat(Enumerable.Repeat(Health, 2000)));
        TestBroker.WaitUntil(() => _waited.Pings.Count == 1, "the ping");
        Assert.That(_peer.HasAnswer, Is.False);
        _waited.AnswerPing();
        Assert.That(await BodiesAsync(2001), Has.Exactly(2000).EqualTo("ok").And.ItemAt(0).EqualTo("received"));
    }

    [Test]
    public async Task A_message_overtakes_one_that_waits_for_room_only_where_they_go_to_others()
    {
        TestClient full = _server.Join("b");
        TestClient other = _server.Join("a");
        DirtyTopics unflushed = Fill("b");
        await _peer.SendOnlyAsync(Publish("b", "1") + Publish("a", "x") + Publish("b", "2") + Publish("b", "3") + Health);
        TestBroker.WaitUntil(() => other.Wire.Messages is ["x"], "the message to another");
        Assert.That(_peer.HasAnswer, Is.False);
        _server.Broker.Flush(unflushed);
        Assert.That(await BodiesAsync(5), Is.EqualTo(new[] { "published", "published", "published", "published", "ok" }));
        TestBroker.WaitUntil(() => full.Wire.Messages[^1] == "3", "the last message");
        Assert.That(full.Wire.Messages[^3..], Is.EqualTo(new[] { "1", "2", "3" }));
    }

    /// <summary>Room comes while the reader takes over what waits for it: whoever is first, each message goes out once and has one answer.</summary>
    [Test]
    public async Task What_waits_is_published_once_whoever_comes_first([Values("b", "a, b", "*")] string recipients)
    {
        TestClient full = _server.Join("b");
        _server.Join("a");
        bool broadcasts = recipients == "*";
        for (int i = 0; i < 300; i++)
        {
            DirtyTopics[] unflushed = [.. recipients.Split(", ").Select(token => Fill(broadcasts ? null : token))];
            int before = full.Wire.Messages.Length;
            Task flush = Task.Run(() => Array.ForEach(unflushed, _server.Broker.Flush));
            await _peer.SendOnlyAsync(string.Concat(Enumerable.Range(0, 4).Select(n => broadcasts ? Broadcast($"{i} {n}") : Publish(recipients, $"{i} {n}"))));
            Assert.That(await BodiesAsync(4), Has.All.EqualTo(broadcasts ? "sent" : "published"));
            await flush;
            string last = $"{i} 3";
            TestBroker.WaitUntil(() => full.Wire.Messages[^1] == last, "the last message");
            Assert.That(full.Wire.Messages[before..].Where(message => message.Length < 100), Is.EqualTo(Enumerable.Range(0, 4).Select(n => $"{i} {n}")));
        }
        Assert.That(_peer.HasAnswer, Is.False);
    }

    /// <summary>Who waits only for clients that confirm nothing is answered at once, by itself.</summary>
    [Test]
    public async Task Any_number_of_waits_may_be_over_as_they_begin()
    {
        _server.Broker.Subscribe(new EventStreamSession(new FakeTransport(), _server.Broker.Context), "w"u8);
        _waited.Session.Disconnected();
        Task send = _peer.SendOnlyAsync(string.Concat(Enumerable.Repeat(Wait, 5000)));
        Assert.That(await BodiesAsync(5000), Has.All.EqualTo("not"));
        await send;
    }

    /// <summary>The last line has been read when there is enough to send, and no input comes that would bring up the end.</summary>
    [Test]
    public async Task A_batch_that_ends_where_there_is_enough_to_send_ends([Values(64, 128)] int lines)
    {
        string body = "";
        for (int i = 0; i < lines; i++)
        {
            _server.Join($"t{i}");
            body += $"{{\"token\":\"t{i}\",\"data\":\"x\"}}\n";
        }
        await _peer.SendOnlyAsync($"POST /v1/publish/batch HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        string text = "";
        while (!text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
            text += await ReadAsync(text);
        Assert.That(Messages().Count(text.Replace("{\"status\":200,", "{", StringComparison.Ordinal)), Is.EqualTo(lines));
    }

    [Test]
    public async Task A_drain_reads_on_until_the_answers_are_out()
    {
        _server.Join("b");
        DirtyTopics unflushed = Fill("b");
        await _peer.SendAsync(Publish("b", "1"));
        _server.Context.TryBeginDrain();
        _peer.Beat();
        await _peer.SendAsync(Health);
        _server.Broker.Flush(unflushed);
        string text = await _peer.ReadToEndAsync();
        Assert.That(Statuses().Matches(text).Select(match => match.Value), Is.EqualTo(new[] { "HTTP/1.1 200", "HTTP/1.1 503" }));
    }

    [Test]
    public async Task Who_has_sent_all_and_says_so_gets_all_answers()
    {
        await _peer.SendAsync(Wait + Health);
        _peer.FinishSending();
        TestBroker.WaitUntil(() => _waited.Pings.Count == 1, "the ping");
        _waited.AnswerPing();
        string text = await _peer.ReadToEndAsync();
        Assert.That(Statuses().Matches(text).Select(match => match.Value), Is.EqualTo(new[] { "HTTP/1.1 200", "HTTP/1.1 200" }));
    }

    [TestCase(Last, 200)]
    [TestCase(Handshake, 101)]
    [TestCase("nonsense\r\n\r\n", 400)]
    public async Task The_last_answer_comes_last(string request, int status)
    {
        await _peer.SendAsync(Wait + request);
        TestBroker.WaitUntil(() => _waited.Pings.Count == 1, "the ping");
        Assert.That(_peer.HasAnswer, Is.False);
        _waited.AnswerPing();
        var text = new System.Text.StringBuilder();
        while (Statuses().Count(text.ToString()) < 2)
            text.Append(await ReadAsync(text.ToString()));
        Assert.That(Statuses().Matches(text.ToString()).Select(match => match.Value), Is.EqualTo(new[] { "HTTP/1.1 200", $"HTTP/1.1 {status}" }));
    }

    [Test]
    public async Task The_time_for_the_next_request_begins_with_the_answer()
    {
        await _peer.SendAsync(Wait);
        TestBroker.WaitUntil(() => _waited.Pings.Count == 1, "the ping");
        _server.Time.Advance(TimeSpan.FromSeconds(29));
        _peer.Beat();
        _waited.AnswerPing();
        Assert.That(await BodiesAsync(1), Is.EqualTo(new[] { "received" }));
        _server.Time.Advance(TimeSpan.FromSeconds(74));
        _peer.Beat();
        await _peer.SendAsync(Health);
        Assert.That(await BodiesAsync(1), Is.EqualTo(new[] { "ok" }));
    }

    [Test]
    public async Task What_waits_is_counted_and_given_back()
    {
        long before = _server.Context.Input.Budget.Bytes;
        await _peer.SendAsync(Wait + string.Concat(Enumerable.Repeat(Health, 500)));
        TestBroker.WaitUntil(() => _server.Context.Input.Budget.Bytes - before > 500 * 100, "the answers to be counted");
        _waited.AnswerPing();
        await BodiesAsync(501);
        TestBroker.WaitUntil(() => _server.Context.Input.Budget.Bytes <= before, "the budget");
    }

    private static string Publish(string token, string text) =>
        $"PUT /v1/publish HTTP/1.1\r\nHost: a\r\nToken: {token}\r\nContent-Length: {text.Length}\r\n\r\n{text}";

    private static string Broadcast(string text) => $"PUT /v1/broadcast HTTP/1.1\r\nHost: a\r\nContent-Length: {text.Length}\r\n\r\n{text}";

    /// <summary>Publishes to a token until it has no room; broadcasts where there is none.</summary>
    private DirtyTopics Fill(string? token)
    {
        var unflushed = new DirtyTopics();
        Publication message = TestBroker.Message(1000);
        PublishOutcome outcome;
        do
            outcome = (token is null ? _server.Broker.Broadcast(message, unflushed) : _server.Broker.Publish(TestBroker.Token(token), message, unflushed)).Outcome;
        while (outcome == PublishOutcome.Published);
        return unflushed;
    }

    /// <summary>The last word of the message in each of so many answers, and no more than those.</summary>
    private async Task<string[]> BodiesAsync(int count)
    {
        string text = "";
        while (Messages().Count(text) < count || !text.EndsWith('}'))
            text += await ReadAsync(text);
        return [.. Messages().Matches(text).Select(match => match.Groups[1].Value)];
    }

    private async Task<string> ReadAsync(string before)
    {
        string text = await _peer.ReadAsync();
        Assert.That(text, Is.Not.Empty, $"the end, after: {before}");
        return text;
    }

    [GeneratedRegex(@"\{""(?:message|status)"":""(?:message )?(\w+)")]
    private static partial Regex Messages();

    [GeneratedRegex(@"HTTP/1\.1 \d+")]
    private static partial Regex Statuses();
}
