using System.Buffers;
using System.Text.Json;
using Keker.Server.Broker;
using Keker.Server.Broker.Topics;
using Keker.Server.Presence;

namespace Keker.Server.Inspection;

/// <summary>
/// Writes <c>{"matches","topics":[...]}</c>: the tokens and topics whose names begin with something, those with most sessions first. All are looked at, a few at a
/// time and without a lock; a bounded number is told of.
/// </summary>
/// <param name="prefix">What names begin with; empty for all.</param>
/// <param name="kind">Token or named; null for both.</param>
/// <param name="context">Where they are.</param>
internal sealed class TopicSearch(byte[] prefix, TopicKind? kind, BrokerContext context) : ILongAnswer
{
    /// <summary>Topics that are told of: a list for people.</summary>
    public const int Most = 200;

    /// <summary>Topics that are looked at before others get their turn.</summary>
    private const int Step = 1024;

    private readonly PriorityQueue<Topic, int> _best = new();
    private readonly Utf8JsonWriter _json = new(Stream.Null);
    private IEnumerator<Topic>? _topics;
    private long _matches;

    public bool TryWrite(IBufferWriter<byte> output)
    {
        _topics ??= Candidates().GetEnumerator();
        for (int i = 0; i < Step; i++)
        {
            if (_topics.MoveNext())
            {
                Consider(_topics.Current);
                continue;
            }
            Write(output);
            return false;
        }
        return true;
    }

    public void Dispose()
    {
        _topics?.Dispose();
        _json.Dispose();
    }

    /// <summary>Stripe by stripe, each as it is when its turn comes.</summary>
    private IEnumerable<Topic> Candidates() => kind switch
    {
        TopicKind.Token => context.Topics.Snapshot(),
        TopicKind.Named => context.NamedTopics.Snapshot(),
        _ => context.Topics.Snapshot().Concat(context.NamedTopics.Snapshot()),
    };

    private void Consider(Topic topic)
    {
        if (!topic.Name.AsSpan().StartsWith(prefix))
            return;
        _matches++;

        // Whoever is asked for by the whole name is found, however few the sessions are.
        int rank = topic.Name.Length == prefix.Length ? int.MaxValue : topic.MemberCount;
        if (_best.Count < Most)
            _best.Enqueue(topic, rank);
        else
            _best.EnqueueDequeue(topic, rank);
    }

    private void Write(IBufferWriter<byte> output)
    {
        var topics = new Topic[_best.Count];
        for (int i = topics.Length - 1; i >= 0; i--)
            topics[i] = _best.Dequeue();
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WriteNumber("matches"u8, _matches);
        _json.WriteStartArray("topics"u8);
        foreach (Topic topic in topics)
            TopicWriter.Write(_json, topic);
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
    }
}
