using System.Collections.Concurrent;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Tests.Server.Broker;

/// <summary>The threads of a stress run. A message says where it belongs: <c>topic publisher number began accepted-before</c>.</summary>
internal sealed class StressRun(TestBroker broker, int seed, bool tls, int tokens)
{
    private readonly ConcurrentQueue<Guest> _guests = new();
    private readonly ConcurrentDictionary<string, long> _accepted = new();
    private long _stamp;
    private volatile bool _quiet;

    public IEnumerable<Guest> Guests => _guests;

    /// <summary>Every message that was accepted, and the stamp at which that was known.</summary>
    public IReadOnlyDictionary<string, long> Accepted => _accepted;

    public static string Token(int token) => $"token {token}";

    public static long Began(string message) => long.Parse(message.Split(' ')[3], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Publishes bursts to random tokens and to all, flushes, and waits for room when it is told to.</summary>
    public void Publish(int publisher, int messages)
    {
        var random = new Random(seed * 100 + publisher);
        var dirty = new DirtyTopics();
        for (int i = 0; i < messages; i++)
        {
            int topic = random.Next(tokens + 1) - 1;
            string text = $"{topic} {publisher} {i} {Interlocked.Increment(ref _stamp)} ".PadRight(random.Next(30, 200), 'x');
            Publication publication = TestBroker.Message(text);
            while (Offer(topic, publication, dirty) is { Outcome: not PublishOutcome.Published } refused)
            {
                Assert.That(refused.Outcome, Is.EqualTo(PublishOutcome.NoRoom));
                broker.Broker.Flush(dirty);
                Assert.That(refused.Full!.WaitForRoom()!.Wait(TestBroker.Patience), Is.True, "no room");
            }
            _accepted[text] = Interlocked.Increment(ref _stamp);
            if (random.Next(5) == 0)
                broker.Broker.Flush(dirty);
        }
        broker.Broker.Flush(dirty);
    }

    /// <summary>Lets sessions come, of which some leave again.</summary>
    public void ComeAndGo(int guests)
    {
        var random = new Random(seed * 200 + Environment.CurrentManagedThreadId);
        for (int i = 0; i < guests; i++)
        {
            int token = random.Next(tokens);
            long began = Interlocked.Increment(ref _stamp);
            TestClient client = broker.Join(Token(token), new FakeTransport { CanTrySend = !tls, Take = Temper(random.Next(6), random.Next()) });
            var guest = new Guest(client, token, began, Interlocked.Increment(ref _stamp));
            _guests.Enqueue(guest);
            client.Session.SendPing();
            if (random.Next(2) == 0)
                Leave(_guests.ElementAt(random.Next(_guests.Count)));
        }
    }

    /// <summary>The kernel: ends writes that wait, now and then.</summary>
    public void MakeRoom(CancellationToken over)
    {
        var random = new Random(seed);
        while (!over.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(1)))
        {
            foreach (Guest guest in _guests)
            {
                if (random.Next(3) > 0)
                    guest.Client.Wire.CompleteSend(sent: random.Next(500) > 0);
            }
        }
    }

    /// <summary>All connections make room, until nothing waits and the workers are done: then every log is empty.</summary>
    public void Quiesce()
    {
        _quiet = true;
        TestBroker.WaitUntil(() => _guests.ToList().FindAll(guest => guest.Client.Wire.CompleteSend()).Count == 0
            && broker.Context.Memory.Bytes == 0, "writes never end, or a log is not let go of");
    }

    private PublishResult Offer(int topic, Publication publication, DirtyTopics dirty) => topic < 0
        ? broker.Broker.Broadcast(publication, dirty)
        : broker.Broker.Publish(TestBroker.Token(Token(topic)), publication, dirty);

    private static void Leave(Guest guest)
    {
        lock (guest)
        {
            if (guest.HasLeft)
                return;
            guest.HasLeft = true;
            TestBroker.Leave(guest.Client);
        }
    }

    /// <summary>How a connection behaves: eager, stingy, often full, or dying.</summary>
    private Func<int, int> Temper(int kind, int ownSeed)
    {
        var random = new Random(ownSeed);
        int calls = 0;
        return offered => kind switch
        {
            _ when _quiet => offered,
            0 or 1 => offered,
            2 => random.Next(offered + 1),
            3 => random.Next(4) == 0 ? 0 : offered,
            4 => random.Next(10) == 0 ? offered : 0,
            _ => ++calls > 20 ? -1 : random.Next(offered + 1),
        };
    }
}
