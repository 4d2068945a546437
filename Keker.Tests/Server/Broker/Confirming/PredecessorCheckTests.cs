namespace Keker.Tests.Server.Broker.Confirming;

/// <summary>Cached, then live: cursor and cached range are taken in one step.</summary>
internal sealed class PredecessorCheckTests
{
    /// <summary>The clock is read in the middle of joining: there a publisher tries to slip in.</summary>
    [Test]
    public void A_publish_in_the_middle_of_a_join_is_neither_lost_nor_doubled()
    {
        var time = new HookedTime();
        using var broker = new TestBroker(time: time);
        broker.Publish("t", "cached");
        Thread? publisher = null;
        time.Hook = () =>
        {
            time.Hook = null;
            publisher = TestThreads.StartUntilItWaits(() => broker.Publish("t", "in between"));
        };
        TestClient client = broker.Join("t");
        Assert.That(publisher, Is.Not.Null);
        Assert.That(publisher!.Join(TestBroker.Patience), Is.True);
        broker.Publish("t", "live");
        Assert.That(client.Wire.Messages, Is.EqualTo(new[] { "cached", "in between", "live" }));
    }

    [Test]
    public void Whenever_HELLO_comes_every_message_arrives_once_and_in_order([Values(1, 2, 3)] int seed)
    {
        const int Rounds = 100;
        const int Messages = 60;
        var random = new Random(seed);
        using var broker = new TestBroker();
        for (int round = 0; round < Rounds; round++)
        {
            string token = $"t{round}";
            int joinAfter = random.Next(Messages);
            int published = 0;
            TestClient? client = null;
            TestThreads.Run(
                () =>
                {
                    for (int i = 0; i < Messages; i++)
                    {
                        broker.Publish(token, $"{i}");
                        Volatile.Write(ref published, i + 1);
                    }
                },
                () =>
                {
                    TestBroker.WaitUntil(() => Volatile.Read(ref published) >= joinAfter, "no progress");
                    client = broker.Join(token);
                });
            Assert.That(client!.Wire.Messages, Is.EqualTo(Enumerable.Range(0, Messages).Select(i => $"{i}")), $"round {round}");
            TestBroker.Leave(client);
        }
        broker.AssertHoldsNothing();
    }

    [Test]
    public void Of_two_that_say_HELLO_at_once_one_gets_what_was_cached_and_both_what_is_live()
    {
        using var broker = new TestBroker();
        for (int round = 0; round < 200; round++)
        {
            string token = $"t{round}";
            TestClient? one = null;
            TestClient? two = null;
            broker.Publish(token, "a", "b");
            TestThreads.Run(() => one = broker.Join(token), () => two = broker.Join(token));
            broker.Publish(token, "c");
            string[][] got = [one!.Wire.Messages, two!.Wire.Messages];
            Assert.That(got.OrderBy(messages => messages.Length), Is.EqualTo(new[] { (string[])["c"], ["a", "b", "c"] }));
            TestBroker.Leave(one);
            TestBroker.Leave(two);
        }
        broker.AssertHoldsNothing();
    }
}
