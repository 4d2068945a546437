using System.Text;
using System.Text.Json;
using Keker.Server.Broker;
using Keker.Server.Broker.Topics;
using Keker.Server.Inspection;
using Keker.Tests.Server.Broker;

namespace Keker.Tests.Server.Inspection;

internal sealed class TopicSearchTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void Tokens_and_topics_are_found_by_the_beginning_of_their_names()
    {
        _broker.Join("alice-1");
        TestClient two = _broker.Join("alice-2");
        _broker.Broker.SubscribeTo(two.Session, "alice-news"u8);
        _broker.Join("bob");

        Assert.That(Names(Search("alice-")), Is.EquivalentTo(new[] { "token alice-1", "token alice-2", "topic alice-news" }));
        Assert.That(Names(Search("alice-", TopicKind.Named)), Is.EqualTo(new[] { "topic alice-news" }));
        Assert.That(Names(Search("alice-", TopicKind.Token)), Is.EquivalentTo(new[] { "token alice-1", "token alice-2" }));
        Assert.That(Search("alice-3").GetProperty("matches").GetInt32(), Is.Zero);
        Assert.That(Search("").GetProperty("matches").GetInt32(), Is.EqualTo(4));
    }

    [Test]
    public void Those_with_most_sessions_are_told_of_and_whoever_is_named_exactly()
    {
        for (int i = 0; i < TopicSearch.Most + 50; i++)
            _broker.Join($"t{i:000}");
        _broker.Join("t200");
        _broker.Join("t200");
        _broker.Join("t");

        JsonElement found = Search("t");

        string[] names = Names(found);
        Assert.That(found.GetProperty("matches").GetInt32(), Is.EqualTo(TopicSearch.Most + 51));
        Assert.That(names, Has.Length.EqualTo(TopicSearch.Most));
        Assert.That(names[..2], Is.EqualTo(new[] { "token t", "token t200" }));
        Assert.That(found.GetProperty("topics")[1].GetProperty("sessions").GetInt32(), Is.EqualTo(3));
    }

    [Test]
    public void What_waits_and_what_is_kept_is_told_with_its_bytes()
    {
        _broker.Publish("absent", "12345", "678");
        var dirty = new DirtyTopics();
        _broker.Broker.PublishToTopic("news"u8, TestBroker.Message("1234"), dirty, new PublishTerms { TimeToLive = TimeSpan.FromHours(1) });

        JsonElement waits = Search("absent").GetProperty("topics")[0];
        JsonElement keeps = Search("news").GetProperty("topics")[0];

        Assert.That((Number(waits, "sessions"), Number(waits, "waiting"), Number(waits, "waitingBytes"), Number(waits, "head")), Is.EqualTo((0, 2, 8, 2)));
        Assert.That((Number(keeps, "waiting"), Number(keeps, "kept"), Number(keeps, "keptBytes")), Is.EqualTo((0, 1, 4)));
    }

    [Test]
    public void A_client_that_is_away_is_counted_until_it_is_back()
    {
        var wire = new FakeTransport { Confirms = true, Mark = 1 };
        TestClient gone = _broker.Join("t", wire);
        _broker.Publish("t", "a");
        TestBroker.Leave(gone);
        Assert.That(Number(Search("t").GetProperty("topics")[0], "away"), Is.EqualTo(1));

        _broker.Join("t", new FakeTransport { Confirms = true, Mark = 1 });
        Assert.That(Number(Search("t").GetProperty("topics")[0], "away"), Is.Zero);
    }

    private JsonElement Search(string prefix, TopicKind? kind = null) => Written.By(new TopicSearch(Encoding.UTF8.GetBytes(prefix), kind, _broker.Context));

    private static long Number(JsonElement topic, string name) => topic.GetProperty(name).GetInt64();

    private static string[] Names(JsonElement found) =>
        [.. found.GetProperty("topics").EnumerateArray().Select(topic => topic.TryGetProperty("token", out JsonElement token) ? $"token {token}" : $"topic {topic.GetProperty("topic")}")];
}
