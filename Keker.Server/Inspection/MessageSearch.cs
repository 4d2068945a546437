using System.Buffers;
using System.Text.Json;
using Keker.Server.Broker;
using Keker.Server.Broker.Topics;
using Keker.Server.Presence;

namespace Keker.Server.Inspection;

/// <summary>
/// Writes where a message is: <c>{"answered":{...},"places":[...],"more","known","now"}</c>, one place for each token or topic that has it. All of it is found when
/// somebody asks, in the logs and in what is known of sessions anyway, a few topics, messages or members at a time and without a lock in between.
/// </summary>
/// <param name="query">Which message.</param>
/// <param name="accepted">What is remembered of its publish; null for nothing.</param>
/// <param name="context">Where it may be.</param>
internal sealed class MessageSearch(MessageQuery query, AcceptedPublish? accepted, BrokerContext context) : ILongAnswer
{
    /// <summary>Places that are told of: a publish has up to 64 recipients.</summary>
    private const int MostPlaces = 16;

    /// <summary>Topics that are looked at before others get their turn; few of them hold messages.</summary>
    private const int Step = 512;

    private readonly Utf8JsonWriter _json = new(Stream.Null, new JsonWriterOptions { SkipValidation = true });
    private readonly List<(Topic Topic, long Offset)> _found = [];
    private readonly List<long> _offsets = [];
    private IEnumerator<Topic>? _topics;
    private KeyScan? _scan;
    private MessageStory? _story;
    private int _told;
    private int _written;
    private string? _known;

    public bool TryWrite(IBufferWriter<byte> output)
    {
        if (_topics is null)
        {
            _topics = Candidates().GetEnumerator();
            WriteBeginning(output);
        }
        if (_told == 0 && _story is null && LookOn())
            return true;
        if (_story is null && !TryBeginStory())
        {
            WriteEnd(output);
            return false;
        }
        if (!_story!.LookOn())
        {
            WriteStory(output);
            _story.Dispose();
            _story = null;
        }
        return true;
    }

    public void Dispose()
    {
        _topics?.Dispose();
        _story?.Dispose();
        _json.Dispose();
    }

    private IEnumerable<Topic> Candidates()
    {
        if (query.Name is null)
            return context.Topics.Snapshot().Concat(context.NamedTopics.Snapshot());
        return (query.Kind == TopicKind.Token ? context.Topics : context.NamedTopics).Find(query.Name) is { } topic ? [topic] : [];
    }

    /// <returns>False when all has been looked through.</returns>
    private bool LookOn()
    {
        for (int i = 0; i < Step && _found.Count <= MostPlaces; i++)
        {
            if (_scan is not null)
                ScanOn();
            else if (_topics!.MoveNext())
                Look(_topics.Current);
            else
                return false;
        }
        return _found.Count <= MostPlaces;
    }

    private void Look(Topic topic)
    {
        if (query.Key is { } key)
        {
            // Most have no message, and need not be asked.
            _scan = topic.Messages is null ? null : new KeyScan(topic, key);
            return;
        }
        if (topic.Epoch != query.Id.Epoch)
            return;
        long offset = query.Id.Offset - 1;
        if (offset >= topic.Head)
            _known = "ahead";
        else if (offset >= 0)
            _found.Add((topic, offset));
    }

    private void ScanOn()
    {
        if (_scan!.TryLook(_offsets))
            return;
        foreach (long offset in _offsets)
            _found.Add((_topics!.Current, offset));
        _offsets.Clear();
        _scan = null;
    }

    private bool TryBeginStory()
    {
        while (_told < Math.Min(_found.Count, MostPlaces) && _story is null)
        {
            (Topic topic, long offset) = _found[_told++];
            _story = MessageStory.TryBegin(topic, offset, context);
            if (_story is null)
                _known = "left";
        }
        return _story is not null;
    }

    private void WriteBeginning(IBufferWriter<byte> output)
    {
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WritePropertyName("answered"u8);
        WriteAccepted();
        _json.WriteStartArray("places"u8);
        _json.Flush();
    }

    private void WriteStory(IBufferWriter<byte> output)
    {
        if (_written++ > 0)
            output.Write(","u8);
        _json.Reset(output);
        _story!.Write(_json);
        _json.Flush();
    }

    private void WriteEnd(IBufferWriter<byte> output)
    {
        output.Write("],"u8);
        _json.Reset(output);
        _json.WriteBoolean("more"u8, _found.Count > MostPlaces);
        _json.WriteString("known"u8, _known);
        _json.WriteNumber("now"u8, context.Clock.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
        _json.Flush();
        output.Write("}"u8);
    }

    private void WriteAccepted()
    {
        if (accepted is null)
        {
            _json.WriteNullValue();
            return;
        }
        _json.WriteStartObject();
        _json.WriteNumber("at"u8, context.Clock.ToUnixSeconds(accepted.At));
        WriteNumber("status"u8, accepted.Status);
        WriteNumber("sessions"u8, accepted.Status is null ? null : accepted.Sessions);
        WriteNumber("cached"u8, accepted.Status is null ? null : accepted.Cached);
        WriteNumber("received"u8, accepted.Received);
        WriteNumber("pending"u8, accepted.Pending);
        _json.WriteEndObject();
    }

    private void WriteNumber(ReadOnlySpan<byte> name, int? number)
    {
        if (number is { } value)
            _json.WriteNumber(name, value);
        else
            _json.WriteNull(name);
    }
}
