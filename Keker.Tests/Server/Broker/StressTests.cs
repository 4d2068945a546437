using Keker.Server.Broker;

namespace Keker.Tests.Server.Broker;

/// <summary>
/// Everything at once: publishers, a broadcaster, sessions that come and go, block, take a few bytes at a time and die. Checked
/// against what one witness a topic, who reads everything, has seen.
/// </summary>
internal sealed class StressTests
{
    private const int Tokens = 4;
    private const int Publishers = 3;
    private const int Messages = 4_000;
    private const int Guests = 300;

    [Test]
    public void Whoever_stays_gets_every_message_once_and_in_the_one_order([Values(1, 2, 3, 4)] int seed, [Values] bool tls)
    {
        using var broker = new TestBroker(new BrokerLimits { Lag = 32 << 10, SmallPass = seed % 2 == 0 ? 3 : 64, FanOutWorkers = 2 });
        var stress = new StressRun(broker, seed, tls, Tokens);
        TestClient[] witnesses = [.. Enumerable.Range(0, Tokens).Select(token => broker.Join(StressRun.Token(token), Witness(tls)))];

        List<Action> actions = [];
        for (int i = 0; i < Publishers; i++)
        {
            int publisher = i;
            actions.Add(() => stress.Publish(publisher, Messages));
        }
        actions.Add(() => stress.ComeAndGo(Guests));
        actions.Add(() => stress.ComeAndGo(Guests));
        using var over = new CancellationTokenSource();
        Thread network = TestThreads.StartUntilItWaits(() => stress.MakeRoom(over.Token));
        TestThreads.Run([.. actions]);
        over.Cancel();
        Assert.That(network.Join(TestBroker.Patience), Is.True);
        stress.Quiesce();

        var model = new StressModel([.. witnesses.Select(client => client.Wire.Messages)], Tokens);
        model.AssertComplete(stress.Accepted);
        foreach (Guest guest in stress.Guests)
            model.AssertAgrees(guest);

        foreach (TestClient client in witnesses.Concat(stress.Guests.Where(guest => !guest.HasLeft).Select(guest => guest.Client)))
            TestBroker.Leave(client);
        broker.Advance(TimeSpan.FromSeconds(10));
        broker.AssertHoldsNothing();
    }

    private static FakeTransport Witness(bool tls) => new() { CanTrySend = !tls };
}
