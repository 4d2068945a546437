using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.FanOut;

/// <summary>Whatever throws while one member is served costs that member, and nobody else anything.</summary>
internal sealed class FailingMemberTests
{
    private const Variant Impossible = (Variant)99;

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { FanOutWorkers = 2 });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void Whichever_call_of_a_transport_throws_all_others_get_everything_in_order(
        [Range(1, 9)] int failing, [Values(10, 100)] int members, [Values] bool tls)
    {
        List<TestClient> others = [.. Enumerable.Range(0, members / 2).Select(_ => Join())];
        var wire = new ThrowingTransport(failing, canTrySend: !tls);
        var session = new Session(wire, _broker.Context) { Confirms = true };
        _broker.Broker.Subscribe(session, "t"u8);
        others.AddRange(Enumerable.Range(0, members / 2).Select(_ => Join()));
        List<string> texts = [];

        // How many calls a message takes depends on how many of them go out together, and that on how busy the machine is.
        TestBroker.WaitUntil(
            () =>
            {
                texts.Add($"message {texts.Count}");
                _broker.Publish("t", texts[^1]);
                session.SendPing();
                TestBroker.WaitUntil(() => others[^1].Wire.TrySends >= texts.Count, "the message at another");
                return texts.Count >= 20 && wire.HasThrown;
            },
            "the call that throws");
        ExpectAll(others, [.. texts]);
        session.Disconnected();
        _broker.Publish("t", "after");
        ExpectAll(others, [.. texts, "after"]);
    }

    [Test]
    public void A_member_whose_form_of_the_message_cannot_be_made_is_closed_with_1011([Values(10, 100)] int members)
    {
        List<TestClient> others = [.. Enumerable.Range(0, members / 2).Select(_ => Join())];
        var wire = new FakeTransport { Confirms = true };
        _broker.Broker.Subscribe(new Session(wire, _broker.Context) { Confirms = true, Variant = Impossible }, "t"u8);
        others.AddRange(Enumerable.Range(0, members / 2).Select(_ => Join()));
        _broker.Publish("t", "1", "2");
        ExpectAll(others, "1", "2");
        TestBroker.WaitUntil(() => wire.CloseCode == CloseCode.InternalError, "the Close");
        Assert.That(_broker.Context.Counters.InternalErrors.Value, Is.EqualTo(1), "it is served once");
        _broker.Publish("t", "3");
        ExpectAll(others, "1", "2", "3");
    }

    [Test]
    public void Every_failure_is_told()
    {
        List<Exception> told = [];
        var context = new BrokerContext(new BrokerLimits(), _broker.Context.Clock, new()) { OnUnexpected = told.Add };
        using var broker = new MessageBroker(context);
        broker.Subscribe(new Session(new ThrowingTransport(1), context), "t"u8);
        var dirty = new DirtyTopics();
        broker.Publish("t"u8, TestBroker.Message("m"), dirty);
        broker.Flush(dirty);
        Assert.That((told.Single().Message, context.Counters.InternalErrors.Value), Is.EqualTo(("call 1", 1)));
    }

    private static void ExpectAll(List<TestClient> clients, params string[] texts)
    {
        TestBroker.WaitUntil(() => clients.TrueForAll(client => client.Wire.Messages.Length == texts.Length), "all messages at all others");
        foreach (TestClient client in clients)
            Assert.That(client.Wire.Messages, Is.EqualTo(texts));
    }

    private TestClient Join() => _broker.Join("t", new FakeTransport { Confirms = true });
}
