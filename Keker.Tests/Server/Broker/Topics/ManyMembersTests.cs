using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker.Topics;

/// <summary>One hundred thousand members on one token.</summary>
internal sealed class ManyMembersTests
{
    private const int Members = 100_000;

    private static readonly Publication Message = TestBroker.Message(100);

    private TestBroker _broker = null!;
    private List<Member> _members = null!;

    [SetUp]
    public void Start()
    {
        _broker = new TestBroker(new BrokerLimits { FanOutWorkers = 2 });
        _members = [.. Enumerable.Range(0, Members).Select(_ => Join())];
    }

    [TearDown]
    public void Stop()
    {
        foreach (Member member in _members)
            member.Session.Disconnected();
        _broker.Dispose();
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void A_message_reaches_each_exactly_once()
    {
        for (int i = 1; i <= 3; i++)
        {
            Assert.That(_broker.Publish("t", Message).Sessions, Is.EqualTo(Members));
            WaitForPass();
            Assert.That(_members.Count(member => member.Wire.Bytes != (long)i * Message.Frame.Length), Is.Zero);
        }
        Assert.That(_broker.Context.Counters.Delivered.Value, Is.EqualTo(3L * Members));
    }

    [Test]
    public void Who_stays_gets_it_once_while_others_come_and_go_during_the_pass()
    {
        const int Some = 5_000;
        using var held = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();

        // Both workers end up here: nobody beyond the first shares is visited before members have come and gone.
        for (int i = 0; i < 2; i++)
        {
            SinkTransport wire = _members[i * 256].Wire;
            wire.OnTrySend = () =>
            {
                wire.OnTrySend = null;
                held.Set();
                go.Wait(TestBroker.Patience);
            };
        }
        _broker.Publish("t", Message);
        Assert.That(held.Wait(TestBroker.Patience), Is.True);

        var random = new Random(5);
        List<Member> late = [];
        for (int i = 0; i < Some; i++)
        {
            int which = random.Next(600, _members.Count);
            _members[which].Session.Disconnected();
            _members[which] = _members[^1];
            _members.RemoveAt(_members.Count - 1);
            late.Add(Join());
        }
        go.Set();
        WaitForPass();
        Assert.That(_members.Count(member => member.Wire.Bytes != Message.Frame.Length), Is.Zero, "a member was left out or visited twice");
        Assert.That(late.Count(member => member.Wire.Bytes != 0), Is.Zero, "who came during the pass stands behind the message");

        _members.AddRange(late);
        Assert.That(_broker.Publish("t", Message).Sessions, Is.EqualTo(Members));
        WaitForPass();
        Assert.That(late.Count(member => member.Wire.Bytes != Message.Frame.Length), Is.Zero);
        Assert.That(_members.Sum(member => member.Wire.Bytes), Is.EqualTo((2L * Members - Some) * Message.Frame.Length));
    }

    private void WaitForPass() => TestBroker.WaitUntil(() => _broker.Context.Memory.Bytes == 0, "the pass does not end");

    private Member Join()
    {
        var wire = new SinkTransport();
        var session = new Session(wire, _broker.Context);
        _broker.Broker.Subscribe(session, "t"u8);
        return new Member(session, wire);
    }

    private sealed record Member(Session Session, SinkTransport Wire);
}
