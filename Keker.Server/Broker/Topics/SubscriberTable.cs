using Keker.Server.Observability;

namespace Keker.Server.Broker.Topics;

/// <summary>Every topic of one name space by its token or name: the one place where the server's locking is striped.</summary>
/// <remarks>
/// <para>Thread-safe. Tokens are spread over stripes by a keyed hash; each stripe has a lock and a dictionary of its own.</para>
/// <para>
/// Lock order, everywhere: <b>stripe, then topic, then cache ledger</b>. A stripe's lock is held for a look-up, an insertion or a
/// removal, never while a message is appended, encoded or sent. The gates of sessions and passes are entered with no lock held.
/// </para>
/// </remarks>
internal sealed class SubscriberTable
{
    /// <summary>Stripes a processor: enough that two threads seldom meet.</summary>
    private const int StripesPerProcessor = 16;

    private readonly Stripe[] _stripes;
    private readonly TopicKind _kind;
    private readonly BrokerContext _context;

    public SubscriberTable(TopicKind kind, BrokerContext context)
    {
        _kind = kind;
        _context = context;
        _stripes = new Stripe[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(StripesPerProcessor * Environment.ProcessorCount))];
        for (int i = 0; i < _stripes.Length; i++)
            _stripes[i] = new Stripe();
    }

    /// <summary>Topics now: tokens with a session or with something cached.</summary>
    public int Count => _stripes.Sum(stripe => stripe.Count);

    /// <summary>Topics that have a member: distinct tokens that are online.</summary>
    public Counter Occupied { get; } = new();

    /// <summary>The topic of a token, or null.</summary>
    public Topic? Find(ReadOnlySpan<byte> token)
    {
        int hash = TokenComparer.Hash(token);
        return StripeOf(hash).Find(token);
    }

    /// <summary>The topic of a token; made when there is none.</summary>
    public Topic GetOrAdd(ReadOnlySpan<byte> token)
    {
        int hash = TokenComparer.Hash(token);
        return StripeOf(hash).GetOrAdd(token, _kind, _context);
    }

    /// <summary>Takes a topic out, if it is still empty. Called with no lock held.</summary>
    public void Retire(Topic topic) => StripeOf(TokenComparer.Hash(topic.Name)).Retire(topic, _context);

    /// <summary>Topics as they are now, stripe by stripe; those that come and go meanwhile may or may not be in it.</summary>
    public IEnumerable<Topic> Snapshot() => _stripes.SelectMany(stripe => stripe.Snapshot());

    private Stripe StripeOf(int hash) => _stripes[hash & (_stripes.Length - 1)];

    private sealed class Stripe
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<byte[], Topic> _topics = new(TokenComparer.Instance);
        private readonly Dictionary<byte[], Topic>.AlternateLookup<ReadOnlySpan<byte>> _byToken;

        public Stripe() => _byToken = _topics.GetAlternateLookup<ReadOnlySpan<byte>>();

        public int Count
        {
            get { lock (_lock) return _topics.Count; }
        }

        public Topic? Find(ReadOnlySpan<byte> token)
        {
            lock (_lock)
                return _byToken.TryGetValue(token, out Topic? topic) ? topic : null;
        }

        public Topic GetOrAdd(ReadOnlySpan<byte> token, TopicKind kind, BrokerContext context)
        {
            lock (_lock)
            {
                if (!_byToken.TryGetValue(token, out Topic? topic))
                {
                    topic = new Topic(kind, token.ToArray(), context);
                    _topics.Add(topic.Name, topic);
                    if (kind == TopicKind.Named)
                        context.SubscriptionMemory.Add(BrokerLimits.TopicBytes + topic.Name.Length);
                }
                return topic;
            }
        }

        public void Retire(Topic topic, BrokerContext context)
        {
            lock (_lock)
            {
                if (!topic.TryRetire() || !_topics.TryGetValue(topic.Name, out Topic? current) || current != topic)
                    return;
                _topics.Remove(topic.Name);
                if (topic.Kind == TopicKind.Named)
                    context.SubscriptionMemory.Remove(BrokerLimits.TopicBytes + topic.Name.Length);
            }
        }

        public Topic[] Snapshot()
        {
            lock (_lock)
                return [.. _topics.Values];
        }
    }
}
