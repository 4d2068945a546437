using Keker.Server.Broker;
using Keker.Tests.Protocol.Sse;

namespace Keker.Tests.Server.Broker.Sessions;

/// <summary>An event stream of several subscriptions that many threads publish to, over a socket that takes a little at a time.</summary>
internal sealed class ListedStreamStressTests
{
    private const int Messages = 1500;

    private static readonly string[] Names = ["t", "a", "b"];

    [Test]
    public void Every_id_is_what_the_stream_has_brought_of_each_so_far([Values] bool tls)
    {
        using var broker = new TestBroker(new BrokerLimits { Lag = 64 << 20 });
        TestClient stream = broker.JoinStream("t", ["a", "b"], tls: tls);
        stream.Wire.Room = 0;
        using var over = new CancellationTokenSource();
        var reader = new Thread(() => Read(stream.Wire, over.Token));
        reader.Start();

        TestThreads.Run([.. Names.Select<string, Action>(name => () =>
        {
            for (int i = 0; i < Messages; i++)
                broker.PublishTo(name, i % 100 == 0 ? $"{i}".PadRight(5000, '.') : $"{i}");
        })]);
        TestBroker.WaitUntil(() => broker.Context.Counters.Delivered.Value == Names.Length * Messages, "all to be delivered");
        over.Cancel();
        reader.Join();

        int[] brought = new int[Names.Length];
        foreach (ReceivedEvent received in stream.Events())
        {
            int index = Array.FindIndex(Names, name => received.Type == (name == "t" ? "message" : $"message:{name}"));
            Assert.That(received.Data.TrimEnd('.'), Is.EqualTo($"{brought[index]++}"));
            Assert.That(ListedStreams.Offsets(received.LastId), Is.EqualTo(string.Join(' ', brought.Select(count => Base36(count)))));
        }
        Assert.That(brought, Is.All.EqualTo(Messages));
    }

    private static void Read(FakeTransport wire, CancellationToken over)
    {
        var random = new Random(1);
        while (!over.IsCancellationRequested)
        {
            wire.Room = random.Next(2000);
            wire.CompleteSend();
        }
        wire.Unblock();
    }

    private static string Base36(int number) => number < 36 ? $"{"0123456789abcdefghijklmnopqrstuvwxyz"[number]}" : Base36(number / 36) + Base36(number % 36);
}
