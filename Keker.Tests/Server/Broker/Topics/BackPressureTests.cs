using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker.Topics;

/// <summary>Publishers that outrun the fan-out wait for room; they never wait for a slow reader.</summary>
internal sealed class BackPressureTests
{
    private const int Lag = 64 << 10;
    private const int MostWaiting = 3;

    private static readonly Publication Message = TestBroker.Message(1000);

    private TestBroker _broker = null!;

    [SetUp]
    public void Start() => _broker = new TestBroker(new BrokerLimits { Lag = Lag, MostWaitingPublishers = MostWaiting });

    [TearDown]
    public void Stop() => _broker.Dispose();

    [Test]
    public void There_is_room_for_half_the_lag_beyond_the_last_pass()
    {
        TestClient client = _broker.Join("t");
        for (int round = 0; round < 3; round++)
        {
            var dirty = new DirtyTopics();
            int accepted = Fill("t", dirty, out PublishResult refused);
            Assert.That(accepted, Is.EqualTo((Lag / 2 + Message.Cost - 1) / Message.Cost));
            Assert.That(refused.Full, Is.SameAs(client.Topic));
            _broker.Broker.Flush(dirty);
        }
    }

    [Test]
    public void The_broadcast_has_the_same_bound()
    {
        TestClient client = _broker.Join("t");
        var dirty = new DirtyTopics();
        PublishResult result;
        do
        {
            result = _broker.Broker.Broadcast(Message, dirty);
        }
        while (result.Outcome == PublishOutcome.Published);
        Assert.That(result.Outcome, Is.EqualTo(PublishOutcome.NoRoom));
        Assert.That(result.Full, Is.SameAs(client.Session.Broadcast!.Topic));
        Assert.That(result.Full!.WaitForRoom()!.IsCompleted, Is.False);
        _broker.Broker.Flush(dirty);
        Assert.That(_broker.Broker.Broadcast(Message, dirty).Outcome, Is.EqualTo(PublishOutcome.Published));
    }

    [Test]
    public async Task Who_waits_for_room_is_woken_when_a_pass_ends_and_not_before()
    {
        TestClient client = _broker.Join("t");
        var dirty = new DirtyTopics();
        Fill("t", dirty, out _);
        Task room = client.Topic.WaitForRoom()!;
        bool wokenInside = true;
        client.Wire.OnTrySend = () => wokenInside = room.IsCompleted;
        Assert.That(room.IsCompleted, Is.False);
        _broker.Broker.Flush(dirty);
        Assert.That(wokenInside, Is.False);
        await room.WaitAsync(TestBroker.Patience);
        Assert.That(_broker.Publish("t", Message).Outcome, Is.EqualTo(PublishOutcome.Published));
    }

    [Test]
    public void When_there_is_room_nobody_waits()
    {
        TestClient client = _broker.Join("t");
        Assert.That(client.Topic.WaitForRoom()!.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task A_bounded_number_waits()
    {
        TestClient client = _broker.Join("t");
        var dirty = new DirtyTopics();
        Fill("t", dirty, out _);
        Task[] waiting = [.. Enumerable.Range(0, MostWaiting).Select(_ => client.Topic.WaitForRoom()!)];
        Assert.That(client.Topic.WaitForRoom(), Is.Null);
        _broker.Broker.Flush(dirty);
        await Task.WhenAll(waiting).WaitAsync(TestBroker.Patience);
        Fill("t", dirty, out _);
        Assert.That(client.Topic.WaitForRoom(), Is.Not.Null, "the places are free again");
        _broker.Broker.Flush(dirty);
    }

    [Test]
    public async Task What_a_publisher_does_with_the_room_never_runs_inside_the_pass()
    {
        TestClient client = _broker.Join("t");
        var dirty = new DirtyTopics();
        Fill("t", dirty, out _);
        Task<int> publisher = Continue(client.Topic.WaitForRoom()!);
        int pass = 0;
        TestThreads.Run(() =>
        {
            pass = Environment.CurrentManagedThreadId;
            _broker.Broker.Flush(dirty);
        });
        Assert.That(await publisher.WaitAsync(TestBroker.Patience), Is.Not.EqualTo(pass));

        static async Task<int> Continue(Task room)
        {
            await room.ConfigureAwait(false);
            return Environment.CurrentManagedThreadId;
        }
    }

    [Test]
    public async Task Two_publishers_that_wait_for_each_others_topics_both_go_on_because_they_flush_before_they_wait()
    {
        TestClient a = _broker.Join("a");
        TestClient b = _broker.Join("b");
        var one = new DirtyTopics();
        var two = new DirtyTopics();
        Fill("a", one, out _);
        Fill("b", two, out _);
        Assert.That(_broker.Broker.Publish("b"u8, Message, one).Outcome, Is.EqualTo(PublishOutcome.NoRoom));
        Assert.That(_broker.Broker.Publish("a"u8, Message, two).Outcome, Is.EqualTo(PublishOutcome.NoRoom));
        _broker.Broker.Flush(one);
        Task oneWaits = b.Topic.WaitForRoom()!;
        _broker.Broker.Flush(two);
        Task twoWaits = a.Topic.WaitForRoom()!;
        await Task.WhenAll(oneWaits, twoWaits).WaitAsync(TestBroker.Patience);
    }

    [Test]
    public void A_slow_reader_never_holds_a_publisher()
    {
        TestClient slow = _broker.Join("t", new FakeTransport { Room = 0 });
        TestClient fast = _broker.Join("t");
        for (int i = 0; i < 500; i++)
            Assert.That(_broker.Publish("t", Message).Outcome, Is.EqualTo(PublishOutcome.Published));
        Assert.That(fast.Wire.Frames, Has.Count.EqualTo(500));
        Assert.That(slow.Wire.Frames, Is.Empty);
    }

    [Test]
    public async Task Who_waits_for_a_topic_that_everybody_leaves_is_woken_and_the_topic_goes()
    {
        TestClient client = _broker.Join("t");
        Topic topic = client.Topic;
        var dirty = new DirtyTopics();
        Fill("t", dirty, out _);
        Task before = topic.WaitForRoom()!;
        TestBroker.Leave(client);
        Task after = topic.WaitForRoom()!;
        _broker.Broker.Flush(dirty);
        await Task.WhenAll(before, after).WaitAsync(TestBroker.Patience);
        _broker.AssertHoldsNothing();
        Assert.That(_broker.Publish("t", Message).Outcome, Is.EqualTo(PublishOutcome.Cached));
    }

    [Test]
    public void Over_the_memory_bound_publishes_are_refused_until_it_is_free_again()
    {
        using var broker = new TestBroker(new BrokerLimits { LogMemory = 5000 });
        TestClient slow = broker.Join("t", new FakeTransport { Room = 0 });
        int accepted = 0;
        while (broker.Publish("t", Message).Outcome == PublishOutcome.Published)
            accepted++;
        Assert.That(accepted, Is.EqualTo(5000 / Message.Cost + 1));
        Assert.That(broker.Publish("u", Message).Outcome, Is.EqualTo(PublishOutcome.OutOfMemory));
        Assert.That(broker.Broadcast("all").Outcome, Is.EqualTo(PublishOutcome.OutOfMemory));
        slow.Wire.Unblock();
        Assert.That(broker.Publish("t", Message).Outcome, Is.EqualTo(PublishOutcome.Published));
        Assert.That(slow.Wire.Frames, Has.Count.EqualTo(accepted + 1));
    }

    private int Fill(string token, DirtyTopics dirty, out PublishResult refused)
    {
        int accepted = 0;
        while ((refused = _broker.Broker.Publish(TestBroker.Token(token), Message, dirty)).Outcome == PublishOutcome.Published)
            accepted++;
        Assert.That(refused.Outcome, Is.EqualTo(PublishOutcome.NoRoom));
        return accepted;
    }
}
