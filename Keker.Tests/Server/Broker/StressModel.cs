namespace Keker.Tests.Server.Broker;

/// <summary>What every topic's order was, as its witness saw it; sessions must have seen an unbroken piece of that.</summary>
internal sealed class StressModel
{
    private const int Broadcast = -1;

    private readonly Dictionary<int, string[]> _orders = [];
    private readonly Dictionary<string, int> _places = [];
    private IReadOnlyDictionary<string, long> _accepted = new Dictionary<string, long>();

    /// <param name="witnessed">Messages of one witness a token.</param>
    /// <param name="tokens">Number of tokens.</param>
    public StressModel(string[][] witnessed, int tokens)
    {
        for (int token = 0; token < tokens; token++)
            _orders[token] = Of(token, witnessed[token]);
        _orders[Broadcast] = Of(Broadcast, witnessed[0]);
        foreach (string[] order in _orders.Values)
        {
            for (int i = 0; i < order.Length; i++)
                _places.Add(order[i], i);
        }
        foreach (string[] messages in witnessed)
            Assert.That(Of(Broadcast, messages), Is.EqualTo(_orders[Broadcast]), "one order of broadcasts for all");
    }

    /// <summary>The witnesses saw what was accepted, all of it, and the messages of each publisher in its order.</summary>
    public void AssertComplete(IReadOnlyDictionary<string, long> accepted)
    {
        _accepted = accepted;
        Assert.That(_places.Keys.Except(accepted.Keys).Take(3), Is.Empty, "delivered and not accepted");
        Assert.That(accepted.Keys.Except(_places.Keys).Take(3), Is.Empty, "accepted and not delivered");
        foreach (string[] order in _orders.Values)
        {
            foreach (IGrouping<string, string> mine in order.GroupBy(message => message.Split(' ')[1]))
                Assert.That(mine.Select(StressRun.Began), Is.Ordered);
        }
    }

    public void AssertAgrees(Guest guest)
    {
        FakeTransport wire = guest.Client.Wire;
        bool ended = guest.HasLeft || wire.IsAborted || guest.Client.Session.CloseRequested is not null;
        string[] messages = wire.Messages;
        Assert.That(messages.Select(TopicOf).Distinct(), Is.SubsetOf(new[] { Broadcast, guest.Token }), "a message for somebody else");
        foreach (int topic in new[] { Broadcast, guest.Token })
            AssertUnbroken(guest, topic, Of(topic, messages), ended);
        if (!ended)
            Assert.That(wire.CutBytes, Is.Zero);
    }

    private static string[] Of(int topic, string[] messages) => [.. messages.Where(message => TopicOf(message) == topic)];

    private static int TopicOf(string message) => message[0] == '-' ? Broadcast : message[0] - '0';

    private void AssertUnbroken(Guest guest, int topic, string[] messages, bool ended)
    {
        string[] order = _orders[topic];
        if (messages.Length > 0)
        {
            int first = _places[messages[0]];
            Assert.That(messages.AsSpan().SequenceEqual(order.AsSpan(first, Math.Min(messages.Length, order.Length - first))), Is.True,
                "lost, doubled or out of order");
            Assert.That(_accepted[messages[0]], Is.GreaterThan(guest.JoinBegan), "accepted before it joined");
            if (!ended)
                Assert.That(first + messages.Length, Is.EqualTo(order.Length), "the end is missing");
        }
        int seen = messages.Length == 0 ? order.Length : _places[messages[0]];
        if (messages.Length > 0 || !ended)
            Assert.That(order.Take(seen).Count(message => StressRun.Began(message) > guest.Joined), Is.Zero, "published after it joined, and missing");
    }
}
