using System.Text;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Http;
using Keker.Tests.Server.Broker;

namespace Keker.Tests.Server.Http.Publishing;

/// <summary>Publishing to several recipients and topics with one request.</summary>
internal sealed class PublishEndpointTests
{
    private const int Lag = 64 << 10;

    private TestServer _server = null!;
    private Answers _answers = null!;

    [SetUp]
    public void Start()
    {
        _server = new TestServer(limits: new BrokerLimits { Lag = Lag });
        _answers = new Answers(_server);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _answers.DisposeAsync();
        _server.Dispose();
    }

    [Test]
    public void Everyone_who_is_named_gets_the_message_once_and_the_absent_find_it_waiting()
    {
        TestClient[] there = [_server.Join("a"), _server.Join("a"), _server.Join("b")];
        _server.Broker.SubscribeTo(there[2].Session, "t"u8);

        Publish("hi", "Token: a", "Token: absent", "Topic: t", "Topic: nobody", "token: a", "TOPIC: t");

        AssertAnswer(200, """{"message":"message published","data":{"sessions":3,"cached":2}}""");
        Assert.That(there.Select(client => string.Join(' ', client.Wire.Messages)), Is.All.EqualTo("hi"));
        Assert.That(_server.Join("absent").Wire.Messages, Is.EqualTo(new[] { "hi" }));
        TestClient late = _server.Join("late");
        _server.Broker.SubscribeTo(late.Session, "nobody"u8);
        Assert.That(late.Wire.Messages, Is.EqualTo(new[] { "hi" }));
    }

    [TestCase("Token: a, b, absent, a")]
    [TestCase("Token: a,\tb , absent,  ")]
    [TestCase("Token: a, , b", "Token: , absent")]
    public void A_list_is_as_good_as_repeated_headers(params string[] headers)
    {
        TestClient[] there = [_server.Join("a"), _server.Join("b")];

        Publish("hi", headers);

        AssertAnswer(200, """{"message":"message published","data":{"sessions":2,"cached":1}}""");
        Assert.That(there.Select(client => string.Join(' ', client.Wire.Messages)), Is.All.EqualTo("hi"));
    }

    [Test]
    public void A_list_of_topics_as_well()
    {
        TestClient there = _server.Join("a");
        _server.Broker.SubscribeTo(there.Session, "t"u8);
        _server.Broker.SubscribeTo(there.Session, "u"u8);

        Publish("hi", "Topic: t, u");

        AssertAnswer(200, """{"message":"message published","data":{"sessions":2,"cached":0}}""");
    }

    [TestCase("a,b")]
    [TestCase(",a")]
    [TestCase("a,")]
    [TestCase(",")]
    [TestCase("a,,b")]
    public void A_bare_comma_belongs_to_the_name(string name)
    {
        TestClient there = _server.Join(name);

        Publish("hi", $"Token: {name}");

        AssertAnswer(200, """{"message":"message published","data":{"sessions":1,"cached":0}}""");
        Assert.That(there.Wire.Messages, Is.EqualTo(new[] { "hi" }));
    }

    [TestCase("Token: a b")]
    [TestCase("Token: a ,b")]
    [TestCase("Token: a, b c")]
    [TestCase("Token:")]
    public void A_bad_name_in_a_list_is_400(string header)
    {
        Publish("", header);
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 400 }));
        Assert.That(_answers.Text, Does.Contain("bad Token header"));
    }

    [TestCase(64, 404)]
    [TestCase(65, 400)]
    public void At_most_64_are_named_each_counted_once(int count, int status)
    {
        IEnumerable<int> numbers = Enumerable.Range(0, count / 2);
        Publish("", $"Token: {string.Join(", ", numbers)}, 0, 1", $"Topic: {string.Join(", ", Enumerable.Range(0, count - count / 2))}");

        Assert.That(_answers.Statuses, Is.EqualTo(new[] { status }));
        Assert.That(_answers.Text.Contains("too many recipients: send at most 64", StringComparison.Ordinal), Is.EqualTo(status == 400));
    }

    [TestCase("Content-Encoding: gzip", 415)]
    [TestCase("content-encoding: br", 415)]
    [TestCase("Content-Encoding: identity, gzip", 415)]
    [TestCase("Content-Encoding: identity", 404)]
    [TestCase("Content-Encoding: Identity", 404)]
    [TestCase("Content-Encoding:", 404)]
    public void A_coded_body_is_415(string header, int status)
    {
        Publish("x", "Token: a", header);
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { status }));
        Assert.That(_answers.Text.Contains("no Content-Encoding is understood", StringComparison.Ordinal), Is.EqualTo(status == 415));
    }

    [TestCase("/v1/broadcast")]
    [TestCase("/v1/publish/batch")]
    public void So_it_is_wherever_a_body_is_published(string path)
    {
        _answers.Feed(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Encoding: deflate\r\nContent-Length: 0\r\n\r\n"));
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 415 }));
    }

    [Test]
    public void Who_is_in_two_of_the_topics_gets_it_twice_for_they_are_two_topics()
    {
        TestClient client = _server.Join("a");
        _server.Broker.SubscribeTo(client.Session, "a"u8);

        Publish("hi", "Token: a", "Topic: a");

        AssertAnswer(200, """{"message":"message published","data":{"sessions":2,"cached":0}}""");
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "hi", "hi" }));
    }

    [TestCase("topic t has no subscribers", 1, "Topic: t")]
    [TestCase("recipient t not found", 1, "Token: t", "Token: t")]
    [TestCase("no recipient found", 2, "Token: t", "Topic: t")]
    [TestCase("no recipient found", 3, "Token: t", "Token: u", "Token: v")]
    public void Where_nobody_is_there_the_answer_is_404(string message, int cached, params string[] headers)
    {
        Publish("hi", headers);

        AssertAnswer(404, $"{{\"message\":\"{message}\",\"data\":{{\"sessions\":0,\"cached\":{cached}}}}}");
    }

    [Test]
    public void A_message_that_waits_for_room_for_one_is_not_appended_to_the_others_again()
    {
        TestClient a = _server.Join("a");
        TestClient b = _server.Join("b");
        TestClient c = _server.Join("c");
        var others = new DirtyTopics();
        Publication large = TestBroker.Message(1000);
        while (_server.Broker.Publish("b"u8, large, others).Outcome == PublishOutcome.Published)
        {
        }

        ReadOutcome first = Publish("hi", "Token: a", "Token: b", "Token: c");
        Assert.That((first, a.Wire.Messages.Length, c.Wire.Messages.Length), Is.EqualTo((ReadOutcome.Idle, 1, 0)), "those after it wait, too");
        _server.Broker.Flush(others);

        TestBroker.WaitUntil(() => _answers.Statuses.Length == 1, "the answer");
        AssertAnswer(200, """{"message":"message published","data":{"sessions":3,"cached":0}}""");
        Assert.That(a.Wire.Messages, Is.EqualTo(new[] { "hi" }));
        Assert.That(b.Wire.Messages[^1], Is.EqualTo("hi"));
        Assert.That(b.Wire.Messages.Count(message => message == "hi"), Is.EqualTo(1));
        Assert.That(c.Wire.Messages, Is.EqualTo(new[] { "hi" }));
    }

    [Test]
    public void With_wait_the_answer_comes_when_the_clients_have_confirmed_and_those_behind_it_wait()
    {
        TestClient[] clients = [_server.Join("a"), _server.Join("b")];

        ReadOutcome first = Publish("hi", "Token: a", "Token: b", "Token: absent", "Prefer: wait=2");
        ReadOutcome second = Publish("next", "Token: a");
        clients[0].AnswerPing();
        Assert.That((first, second, _answers.Text), Is.EqualTo((ReadOutcome.Idle, ReadOutcome.Idle, "")));
        Assert.That(clients[0].Wire.Messages, Is.EqualTo(new[] { "hi", "next" }), "the messages do not wait");
        clients[1].AnswerPing();

        TestBroker.WaitUntil(() => _answers.Statuses.Length == 2, "the answers");
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 200, 200 }));
        Assert.That(_answers.Text, Does.Contain("\r\nPreference-Applied: wait=2\r\n")
            .And.Contain("""{"message":"message received","data":{"sessions":2,"received":2,"pending":0,"cached":1}}"""));
    }

    [Test]
    public void With_wait_and_nobody_there_the_answer_comes_at_once()
    {
        Assert.That(Publish("hi", "Token: a", "Prefer: wait=2"), Is.EqualTo(ReadOutcome.Idle));
        AssertAnswer(404, """{"message":"recipient a not found","data":{"sessions":0,"cached":1}}""");
    }

    [TestCase("message stored for recipient t", 1, "Token: t")]
    [TestCase("message stored for topic t", 1, "Topic: t")]
    [TestCase("message stored for its recipients", 2, "Token: t", "Topic: t")]
    public void With_a_time_to_live_what_waits_was_asked_for_and_is_202(string message, int cached, params string[] headers)
    {
        Publish("hi", ["TTL: 60", .. headers]);

        AssertAnswer(202, $"{{\"message\":\"{message}\",\"data\":{{\"sessions\":0,\"cached\":{cached}}}}}");
    }

    [Test]
    public void With_a_time_to_live_of_nothing_it_stays_404()
    {
        Publish("hi", "Token: t", "TTL: 0");
        AssertAnswer(404, """{"message":"recipient t not found","data":{"sessions":0,"cached":0}}""");
    }

    [Test]
    public void A_collapse_key_replaces_what_waits()
    {
        Publish("1", "Token: t", "Collapse-Key: k");
        Publish("2", "Token: t", "collapse-key: k");
        Assert.That(_server.Join("t").Wire.Messages, Is.EqualTo(new[] { "2" }));
    }

    [TestCase("TTL", "TTL: -1")]
    [TestCase("TTL", "TTL: 2592001")]
    [TestCase("TTL", "TTL: 1", "TTL: 1")]
    [TestCase("Collapse-Key", "Collapse-Key: a b")]
    [TestCase("Collapse-Key", "Collapse-Key: a", "Collapse-Key: b")]
    [TestCase("Idempotency-Key", "Idempotency-Key: a, b")]
    [TestCase("Idempotency-Key", "Idempotency-Key: a", "Idempotency-Key: a")]
    public void A_bad_field_is_400_and_named(string name, params string[] headers)
    {
        Publish("", ["Token: a", .. headers]);
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 400 }));
        Assert.That(_answers.Text, Does.Contain($"bad {name} header"));
    }

    [TestCase("0")]
    [TestCase("31")]
    [TestCase("soon")]
    public void A_wait_out_of_range_is_400(string wait)
    {
        Publish("", "Token: a", $"Prefer: wait={wait}");
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 400 }));
    }

    [Test]
    public void The_same_key_has_the_same_answer_and_publishes_nothing()
    {
        TestClient client = _server.Join("a");
        Publish("hi", "Token: a", "Token: absent", "Idempotency-Key: k");
        TestBroker.Leave(client);
        Publish("hi again", "Token: a", "Token: absent", "Idempotency-Key: \"k\"");
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 200, 200 }));
        Assert.That(_answers.Text.Split("""{"message":"message published","data":{"sessions":1,"cached":1}}"""), Has.Length.EqualTo(3));
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "hi" }));
        Assert.That(_server.Join("absent").Wire.Messages, Is.EqualTo(new[] { "hi" }));
    }

    [Test]
    public async Task While_the_first_waits_for_confirmations_a_repetition_is_409_and_then_it_has_its_counts()
    {
        TestClient client = _server.Join("a");
        string[] headers = ["Token: a", "Prefer: wait=5", "Idempotency-Key: k"];
        await using var others = new Answers(_server);
        Publish("hi", headers);
        Publish(others, "hi", headers);
        client.AnswerPing();
        TestBroker.WaitUntil(() => _answers.Statuses.Length == 1, "the answer");
        ReadOutcome again = Publish(others, "hi", headers);
        Assert.That((others.Statuses, again), Is.EqualTo((new[] { 409, 200 }, ReadOutcome.Idle)));
        Assert.That(others.Text, Does.Contain("Idempotency-Key is under way")
            .And.EndsWith("""{"message":"message received","data":{"sessions":1,"received":1,"pending":0,"cached":0}}"""));
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "hi" }));
    }

    [Test]
    public void A_404_is_an_answer_and_a_refusal_is_none()
    {
        Publish("hi", "Token: a", "Idempotency-Key: k");
        TestClient client = _server.Join("a");
        Publish("hi", "Token: a", "Idempotency-Key: k");
        Publish(new string('x', 2 << 20), "Token: a", "Idempotency-Key: large");
        Assert.That(_answers.Statuses, Is.EqualTo(new[] { 404, 404, 413 }));
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "hi" }), "from the cache");
        Assert.That(_server.Context.Idempotency.Count, Is.EqualTo(1));
    }

    private ReadOutcome Publish(string body, params string[] headers) => Publish(_answers, body, headers);

    private static ReadOutcome Publish(Answers answers, string body, string[] headers) => answers.Feed(Encoding.UTF8.GetBytes(
        $"PUT /v1/publish HTTP/1.1\r\nHost: a\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Content-Length: {body.Length}\r\n\r\n{body}"));

    private void AssertAnswer(int status, string body) =>
        Assert.That((_answers.Statuses.Single(), _answers.Text[(_answers.Text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]), Is.EqualTo((status, body)));
}
