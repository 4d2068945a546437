using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Topics;

/// <summary>A session that has joined and has yet to be told so.</summary>
internal sealed class BeginTests
{
    private TestBroker _broker = null!;
    private TestClient _other = null!;
    private TestClient _client = null!;
    private JoinResult _own;

    [SetUp]
    public void Start()
    {
        _broker = new TestBroker();
        _other = _broker.Join("t", new FakeTransport { Confirms = true });
        _broker.Publish("t", "1");
        var wire = new FakeTransport { Confirms = true };
        _client = new TestClient(new Session(wire, _broker.Context) { Confirms = true }, wire);
        Assert.That(_broker.Broker.TryJoin(_client.Session, TestBroker.Token("t"), resume: null, out _own));
        Assert.That(_own.PredecessorCheck, Is.Not.Null, "the other session is asked");
    }

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void It_gets_nothing_when_the_other_session_answers_before()
    {
        _other.AnswerPing();
        _broker.Publish("t", "2");
        Assert.That(_client.Wire.Messages, Is.Empty);
        _broker.Broker.Deliver(_own);
        Assert.That(_client.Wire.Messages, Is.EqualTo(new[] { "2" }));
    }

    [Test]
    public void It_gets_what_the_other_session_had_not_confirmed_when_that_one_breaks_before()
    {
        TestBroker.Leave(_other);
        _broker.Publish("t", "2");
        Assert.That(_client.Wire.Messages, Is.Empty);
        _broker.Broker.Deliver(_own);
        Assert.That(_client.Wire.Messages, Is.EqualTo(new[] { "1", "2" }));
    }
}
