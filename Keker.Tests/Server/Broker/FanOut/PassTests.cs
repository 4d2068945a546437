using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.FanOut;

/// <summary>What happens to a topic while a pass over it runs: the pass is held inside the send to its first member.</summary>
internal sealed class PassTests
{
    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker();

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void What_is_published_during_a_pass_goes_out_with_the_next_one_of_the_same_owner()
    {
        TestClient first = _broker.Join("t");
        TestClient second = _broker.Join("t");
        Once(first, () => TestThreads.Run(() => _broker.Publish("t", "during 1"), () => _broker.Publish("t", "during 2")));
        _broker.Publish("t", "before");
        foreach (TestClient client in new[] { first, second })
        {
            Assert.That(client.Wire.Messages[0], Is.EqualTo("before"));
            Assert.That(client.Wire.Messages[1..], Is.EquivalentTo(new[] { "during 1", "during 2" }));
            Assert.That(client.Wire.TrySends, Is.EqualTo(2), "what came during the pass is one batch");
        }
        Assert.That(first.Wire.Messages, Is.EqualTo(second.Wire.Messages), "one order for all");
    }

    [Test]
    public void A_publisher_does_not_wait_for_somebody_elses_pass()
    {
        TestClient first = _broker.Join("t");
        PublishResult during = default;
        bool delivered = true;
        Once(first, () =>
        {
            during = _broker.Publish("t", "during");
            delivered = first.Wire.Messages.Contains("during");
        });
        _broker.Publish("t", "before");
        Assert.That(during.Outcome, Is.EqualTo(PublishOutcome.Published));
        Assert.That(delivered, Is.False, "it was left to the owner of the pass");
        Assert.That(first.Wire.Messages, Is.EqualTo(new[] { "before", "during" }));
    }

    [Test]
    public void A_topic_that_is_made_dirty_again_and_again_moves_to_a_worker_and_loses_nothing()
    {
        TestClient client = _broker.Join("t");
        int published = 1;
        client.Wire.OnTrySend = () =>
        {
            if (published < 20)
                _broker.Publish("t", $"{published++}");
        };
        _broker.Publish("t", "0");
        TestBroker.WaitUntil(() => client.Wire.Messages.Length == 20, "not all arrived");
        Assert.That(client.Wire.Messages, Is.EqualTo(Enumerable.Range(0, 20).Select(i => $"{i}")));
        Assert.That(client.Wire.LastThread, Is.Not.EqualTo(Environment.CurrentManagedThreadId), "one publisher must not serve the others for ever");
    }

    [Test]
    public void Nobody_is_left_out_when_members_leave_during_a_pass([Values(0, 1, 2)] int leaver)
    {
        TestClient[] clients = [.. Enumerable.Range(0, 5).Select(_ => _broker.Join("t"))];
        Once(clients[0], () => TestBroker.Leave(clients[leaver]));
        _broker.Publish("t", "a");
        _broker.Publish("t", "b");
        foreach (TestClient client in clients.Where((_, i) => i != leaver))
            Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(clients[leaver].Wire.Messages, leaver == 0 ? Is.EqualTo(new[] { "a" }) : Is.Empty);
        Assert.That(clients[1 - Math.Min(leaver, 1)].Topic.MemberCount, Is.EqualTo(4));
    }

    [Test]
    public void Who_joins_during_a_pass_stands_at_its_head_and_gets_only_what_comes_later()
    {
        TestClient first = _broker.Join("t");
        TestClient? late = null;
        Once(first, () => late = _broker.Join("t"));
        _broker.Publish("t", "a");
        Assert.That(late!.Wire.Messages, Is.Empty);
        Assert.That(late.Wire.TrySends, Is.Zero, "there is nothing to send");
        _broker.Publish("t", "b");
        Assert.That(late.Wire.Messages, Is.EqualTo(new[] { "b" }));
    }

    [Test]
    public void Who_joins_and_others_who_leave_during_one_pass_do_not_disturb_it()
    {
        TestClient[] clients = [.. Enumerable.Range(0, 6).Select(_ => _broker.Join("t"))];
        List<TestClient> late = [];
        Once(clients[0], () =>
        {
            TestBroker.Leave(clients[0]);
            late.Add(_broker.Join("t"));
            TestBroker.Leave(clients[1]);
            late.Add(_broker.Join("t"));
            _broker.Publish("t", "b");
            TestBroker.Leave(late[0]);
        });
        _broker.Publish("t", "a");
        foreach (TestClient client in clients[2..])
            Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(late[0].Wire.Messages, Is.Empty);
        Assert.That(late[1].Wire.Messages, Is.EqualTo(new[] { "b" }));
    }

    [Test]
    public void Holes_are_filled_when_the_pass_ends()
    {
        TestClient[] clients = [.. Enumerable.Range(0, 6).Select(_ => _broker.Join("t"))];
        Once(clients[0], () =>
        {
            TestBroker.Leave(clients[1]);
            TestBroker.Leave(clients[3]);
        });
        _broker.Publish("t", "a");
        FlushPass next = clients[0].Topic.BeginPass();
        Assert.That(next.Members.Count, Is.EqualTo(4));
        clients[0].Topic.EndPass(next);
        foreach (int i in new[] { 5, 0, 4, 2 })
            TestBroker.Leave(clients[i]);
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void The_last_member_may_leave_during_a_pass_and_the_topic_goes_when_the_pass_ends()
    {
        TestClient client = _broker.Join("t");
        Topic topic = client.Topic;
        int topicsDuring = 0;
        Once(client, () =>
        {
            TestBroker.Leave(client);
            topicsDuring = _broker.Context.Topics.Count;
        });
        _broker.Publish("t", "a");
        Assert.That(topicsDuring, Is.EqualTo(1), "a pass still refers to it");
        Assert.That(topic.TryRetire(), Is.True);
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void A_topic_whose_last_member_leaves_is_gone_at_once()
    {
        TestClient client = _broker.Join("t");
        TestClient other = _broker.Join("t");
        _broker.Publish("t", "a");
        TestBroker.Leave(client);
        Assert.That(_broker.Context.Topics.Count, Is.EqualTo(1));
        TestBroker.Leave(other);
        _broker.AssertHoldsNothing();
    }

    [Test]
    public void The_log_is_empty_after_a_pass_that_reached_everybody()
    {
        TestClient[] clients = [.. Enumerable.Range(0, 3).Select(_ => _broker.Join("t"))];
        long during = 0;
        Once(clients[2], () => during = _broker.Context.Memory.Bytes);
        _broker.Publish("t", "a", "b");
        Assert.That(during, Is.Positive, "the pass still needs it");
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
        Assert.That(_broker.Context.Memory.Bytes, Is.Zero);
    }

    [Test]
    public void A_burst_goes_out_in_one_send_to_each_member()
    {
        TestClient[] clients = [.. Enumerable.Range(0, 3).Select(_ => _broker.Join("t"))];
        _broker.Publish("t", [.. Enumerable.Range(0, 100).Select(i => $"{i}")]);
        foreach (TestClient client in clients)
        {
            Assert.That(client.Wire.TrySends, Is.EqualTo(1));
            Assert.That(client.Wire.Messages, Is.EqualTo(Enumerable.Range(0, 100).Select(i => $"{i}")));
        }
        Assert.That(_broker.Context.Counters.Delivered.Value, Is.EqualTo(300));
    }

    private static void Once(TestClient client, Action action) => client.Wire.OnTrySend = () =>
    {
        client.Wire.OnTrySend = null;
        action();
    };
}
