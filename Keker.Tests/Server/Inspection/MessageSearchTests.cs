using System.Text;
using System.Text.Json;
using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Topics;
using Keker.Server.Inspection;
using Keker.Tests.Server.Broker;

namespace Keker.Tests.Server.Inspection;

/// <summary>Where is my message? Each state that one can be in, by its key and by its id.</summary>
internal sealed class MessageSearchTests
{
    private static readonly byte[] Key = [.. "order-4711"u8];

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void Sent_is_under_way_until_a_pong_confirms_it()
    {
        TestClient here = Join();
        _broker.Publish("t", Message("a"));

        Assert.That(Counts(ByKey()), Is.EqualTo("underWay 1"));
        JsonElement told = ByKey().GetProperty("places")[0].GetProperty("list")[0];
        Assert.That(told.GetProperty("id").GetString(), Is.EqualTo($"{here.Session.Id:x}"));

        // A second session keeps the log from letting go of it.
        Join();
        here.AnswerPing();
        Assert.That(Counts(ByKey()), Is.EqualTo("confirmed 1, later 1"));
    }

    [Test]
    public void A_session_that_reads_nothing_is_not_sent_it()
    {
        TestClient slow = Join();
        slow.Wire.Block();
        _broker.Publish("t", TestBroker.Message("first"));
        _broker.Publish("t", Message("a"));

        Assert.That(Counts(ByKey()), Is.EqualTo("notSent 1"));
    }

    [Test]
    public void A_client_that_is_away_is_told_of_with_the_end_of_its_time()
    {
        TestClient gone = Join();
        _broker.Publish("t", Message("a"));
        TestBroker.Leave(gone);

        JsonElement place = ByKey().GetProperty("places")[0];

        Assert.That(Counts(ByKey()), Is.EqualTo("away 1"));
        JsonElement told = place.GetProperty("list")[0];
        Assert.That((told.GetProperty("state").GetString(), told.GetProperty("token").GetString()), Is.EqualTo(("away", "t")));
        Assert.That(told.GetProperty("until").GetDouble() - place.GetProperty("accepted").GetDouble(), Is.EqualTo(_broker.Context.Limits.Resume.TotalSeconds).Within(0.01));
    }

    [Test]
    public void A_message_for_an_absent_recipient_waits_as_long_as_the_cache_says_or_its_own_time()
    {
        _broker.Publish("t", Message("a"));
        JsonElement place = ByKey().GetProperty("places")[0];
        Assert.That(place.GetProperty("waits").GetBoolean());
        Assert.That(place.GetProperty("waitsUntil").GetDouble() - place.GetProperty("accepted").GetDouble(), Is.EqualTo(_broker.Context.Limits.Cache.TotalSeconds).Within(0.01));
        Assert.That(place.GetProperty("expires").ValueKind, Is.EqualTo(JsonValueKind.Null));

        TestClient here = Join();
        Assert.That(ByKey().GetProperty("places")[0].GetProperty("waits").GetBoolean(), Is.False, "it was sent");
        Assert.That(Counts(ByKey()), Is.EqualTo("underWay 1"));
        here.AnswerPing();
        Assert.That(ByKey().GetProperty("places").GetArrayLength(), Is.Zero, "everybody has it");
    }

    [Test]
    public void A_message_that_its_topic_keeps_is_found_when_it_has_left_the_log()
    {
        TestClient here = Join();
        _broker.Broker.SubscribeTo(here.Session, "news"u8);
        var dirty = new DirtyTopics();
        _broker.Broker.PublishToTopic("news"u8, Message("a"), dirty, new PublishTerms { TimeToLive = TimeSpan.FromMinutes(10) });
        _broker.Broker.Flush(dirty);
        here.AnswerPing();

        JsonElement place = ByKey().GetProperty("places")[0];

        Assert.That(place.GetProperty("topic").GetString(), Is.EqualTo("news"));
        Assert.That(place.GetProperty("isKept").GetBoolean());
        Assert.That(place.GetProperty("expires").GetDouble() - place.GetProperty("accepted").GetDouble(), Is.EqualTo(600).Within(0.01));
        Assert.That(Counts(ByKey()), Is.EqualTo("confirmed 1"));
    }

    [Test]
    public void One_message_is_found_at_each_of_its_recipients()
    {
        Join("one");
        Join("two");
        var request = new PublishRequest { Publication = Message("a") };
        request.Recipients.Add("one"u8, isTopic: false);
        request.Recipients.Add("two"u8, isTopic: false);
        request.Recipients.Add("absent"u8, isTopic: false);
        var dirty = new DirtyTopics();
        _broker.Broker.Publish(request, dirty);
        _broker.Broker.Flush(dirty);

        JsonElement found = ByKey();

        Assert.That(found.GetProperty("places").EnumerateArray().Select(place => place.GetProperty("token").GetString()), Is.EquivalentTo(new[] { "one", "two", "absent" }));
    }

    [Test]
    public void An_id_is_that_of_the_message_a_client_sees_and_needs_no_name()
    {
        TestClient here = Join();
        _broker.Publish("t", TestBroker.Message("first"), TestBroker.Message("second"));

        JsonElement first = ById(new MessageId(here.Topic.Epoch, 1));
        JsonElement second = ById(new MessageId(here.Topic.Epoch, 2), "t");

        Assert.That(first.GetProperty("places")[0].GetProperty("bytes").GetInt32(), Is.EqualTo("first".Length));
        Assert.That(second.GetProperty("places")[0].GetProperty("bytes").GetInt32(), Is.EqualTo("second".Length));
        Assert.That(second.GetProperty("places")[0].GetProperty("id").GetString(), Does.EndWith(":2"));
        Assert.That(ById(new MessageId(here.Topic.Epoch, 3)).GetProperty("known").GetString(), Is.EqualTo("ahead"));
        Assert.That(ById(new MessageId(here.Topic.Epoch, 2), "other").GetProperty("places").GetArrayLength(), Is.Zero);
        here.AnswerPing();
        JsonElement gone = ById(new MessageId(here.Topic.Epoch, 1));
        Assert.That((gone.GetProperty("places").GetArrayLength(), gone.GetProperty("known").GetString()), Is.EqualTo((0, "left")));
    }

    [Test]
    public void Of_a_crowd_a_hundred_are_told_of_those_first_that_have_not_confirmed()
    {
        TestClient[] all = [.. Enumerable.Range(0, 305).Select(i => Join($"c{i}"))];
        foreach (TestClient client in all)
            _broker.Broker.SubscribeTo(client.Session, "news"u8);
        _broker.PublishToTopic("news", Message("a"));
        TestBroker.WaitUntil(() => Array.TrueForAll(all, client => client.Pings.Count > 0), "the pass over the crowd");
        foreach (TestClient client in all[5..])
            client.AnswerPing();

        JsonElement place = ByKey().GetProperty("places")[0];

        Assert.That(Counts(ByKey()), Is.EqualTo("confirmed 300, underWay 5"));
        JsonElement[] list = [.. place.GetProperty("list").EnumerateArray()];
        Assert.That(list, Has.Length.EqualTo(MessageStory.Most));
        Assert.That(list[..5].Select(each => each.GetProperty("state").GetString()), Is.All.EqualTo("underWay"));
        Assert.That(list[5..].Select(each => each.GetProperty("state").GetString()), Is.All.EqualTo("confirmed"));
    }

    [Test]
    public void A_message_that_a_client_cannot_take_is_told_as_skipped()
    {
        TestClient refusing = Join(mark: 7);
        _broker.Publish("t", Message("a"));
        refusing.Session.ClosedByClient(CloseCode.MessageTooBig);
        TestBroker.Leave(refusing);
        Join(mark: 7);

        Assert.That(Counts(ByKey()), Is.EqualTo("skipped 1"));
    }

    [Test]
    public void What_is_remembered_of_the_publish_is_told_also_when_the_message_has_gone()
    {
        JsonElement found = Written.By(new MessageSearch(new MessageQuery(Key, default, TopicKind.Token, null), new AcceptedPublish(0, 200, 3, 1, 2, 1), _broker.Context));

        JsonElement answered = found.GetProperty("answered");
        Assert.That(
            (answered.GetProperty("status").GetInt32(), answered.GetProperty("sessions").GetInt32(), answered.GetProperty("received").GetInt32()),
            Is.EqualTo((200, 3, 2)));
        Assert.That(found.GetProperty("places").GetArrayLength(), Is.Zero);
    }

    private static Publication Message(string text)
    {
        Publication publication = TestBroker.Message(text);
        publication.Key = Key;
        return publication;
    }

    private TestClient Join(string token = "t", ulong? mark = null) =>
        _broker.Join(token, mark is { } same ? new FakeTransport { Confirms = true, Mark = same } : new FakeTransport { Confirms = true });

    private JsonElement ByKey() => Written.By(new MessageSearch(new MessageQuery(Key, default, TopicKind.Token, null), null, _broker.Context));

    private JsonElement ById(MessageId id, string? token = null) => Written.By(new MessageSearch(
        new MessageQuery(null, id, TopicKind.Token, token is null ? null : Encoding.UTF8.GetBytes(token)), null, _broker.Context));

    /// <summary>How many are in each state, in the only place there is.</summary>
    private static string Counts(JsonElement found)
    {
        JsonElement place = found.GetProperty("places")[0];
        IEnumerable<(string Name, int Count)> counts = place.GetProperty("sessions").EnumerateObject().Select(each => (each.Name, each.Value.GetInt32()));
        return string.Join(", ", counts.Append(("away", place.GetProperty("away").GetInt32())).Where(each => each.Item2 > 0).Select(each => $"{each.Item1} {each.Item2}"));
    }
}
