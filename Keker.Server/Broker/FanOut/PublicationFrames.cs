using Keker.Protocol.Commands;
using Keker.Protocol.Sse;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.FanOut;

/// <summary>The frames whose bytes depend on the topic a publication is in. Stateless, thread-safe.</summary>
internal static class PublicationFrames
{
    /// <summary>A publication as members of a topic get it: built once a pass, shared by everybody who wants it.</summary>
    /// <param name="variant">One that is built: neither plain nor deflated.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="offset">Where it is in the topic's log.</param>
    /// <param name="publication">The message.</param>
    public static byte[] Build(Variant variant, Topic topic, long offset, Publication publication)
    {
        // The id says how many messages there were up to and including this one: whoever has it goes on at that offset.
        var id = new MessageId(topic.Epoch, offset + 1);
        return variant switch
        {
            Variant.Tagged => BuildTagged(topic, id, publication),
            Variant.EventStream => BuildEvent(topic, id, publication),
            Variant.EventWithoutId => BuildEvent(topic, id: default, publication),
            _ => throw new ArgumentOutOfRangeException(nameof(variant)),
        };
    }

    /// <summary>The same, but what is large is shared with those who got it in an earlier pass and still need it.</summary>
    public static BuiltFrame Get(Variant variant, Topic topic, long offset, Publication publication) =>
        publication.Payload.Length < SharedFrames.SmallestBytes
            ? new BuiltFrame(Build(variant, topic, offset, publication))
            : publication.Shared.GetOrBuild(variant, topic, offset, publication);

    /// <summary>Whether members that get this variant are told where messages of a topic are gone. Broadcasts are never resumed.</summary>
    public static bool HasIds(Variant variant, Topic topic) =>
        topic.Kind != TopicKind.Broadcast && variant is (Variant.Tagged or Variant.EventStream or Variant.EventWithoutId);

    /// <summary>Says that messages of a topic are gone for good.</summary>
    /// <param name="variant">One with ids.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="from">The last message that the client has.</param>
    /// <param name="to">The message after which it goes on.</param>
    public static byte[] Gap(Variant variant, Topic topic, MessageId from, MessageId to)
    {
        if (variant == Variant.EventStream)
            return GapEvent(topic, from, to);
        ReadOnlySpan<byte> label = Label(topic);
        byte[] frame = FrameWriter.Create(OpCode.Text, GapLine.Length(label.Length, from, to), out Span<byte> line);
        GapLine.Write(line, label, from, to);
        return frame;
    }

    /// <summary>An event that says so.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="id">Where the stream goes on.</param>
    /// <param name="data">The two ids.</param>
    public static byte[] GapEvent(Topic topic, ReadOnlySpan<byte> id, ReadOnlySpan<byte> data)
    {
        Span<byte> type = stackalloc byte[EventType.MaxLength];
        type = type[..WriteType(type, topic, EventType.Gap)];
        byte[] frame = new byte[TextEvent.Length(id, type, data)];
        TextEvent.Write(frame, id, type, data);
        return frame;
    }

    private static byte[] GapEvent(Topic topic, MessageId from, MessageId to)
    {
        // Two ids and a space between; the second one is also where the stream goes on.
        Span<byte> text = stackalloc byte[2 * MessageId.MaxLength + 1];
        int length = from.Write(text);
        text[length++] = (byte)' ';
        int idLength = to.Write(text[length..]);
        return GapEvent(topic, text.Slice(length, idLength), text[..(length + idLength)]);
    }

    private static byte[] BuildTagged(Topic topic, MessageId id, Publication publication)
    {
        ReadOnlySpan<byte> label = Label(topic);
        int lineLength = MessageLine.Length(id, label.Length);
        byte[] frame = FrameWriter.Create(publication.OpCode, lineLength + publication.Payload.Length, out Span<byte> payload);
        MessageLine.Write(payload, id, label);
        publication.Payload.CopyTo(payload[lineLength..]);
        return frame;
    }

    /// <summary>A broadcast has no id: it is never resumed, and leaves the stream where it stands.</summary>
    private static byte[] BuildEvent(Topic topic, MessageId place, Publication publication)
    {
        Span<byte> id = stackalloc byte[MessageId.MaxLength];
        return BuildEvent(topic, id[..(topic.Kind == TopicKind.Broadcast ? 0 : place.Write(id))], publication);
    }

    /// <summary>A publication as an event.</summary>
    /// <param name="topic">Where it comes from.</param>
    /// <param name="id">Where the stream stands with it; empty for an event without id.</param>
    /// <param name="publication">The message.</param>
    public static byte[] BuildEvent(Topic topic, ReadOnlySpan<byte> id, Publication publication)
    {
        bool isText = publication.OpCode == OpCode.Text;
        Span<byte> type = stackalloc byte[EventType.MaxLength];
        type = type[..WriteType(type, topic, isText ? EventType.Message : EventType.Binary)];
        ReadOnlySpan<byte> payload = publication.Payload;
        long length = isText ? TextEvent.Length(id, type, payload) : BinaryEvent.Length(id, type, payload.Length);
        byte[] frame = GC.AllocateUninitializedArray<byte>(checked((int)length));
        if (isText)
            TextEvent.Write(frame, id, type, payload);
        else
            BinaryEvent.Write(frame, id, type, payload);
        return frame;
    }

    /// <summary>What a page listens for. Text of its token needs no type: it is what a page gets that names none.</summary>
    private static int WriteType(Span<byte> destination, Topic topic, ReadOnlySpan<byte> kind)
    {
        if (topic.Kind == TopicKind.Named)
            return EventType.Write(destination, kind, topic.Name);
        if (kind.SequenceEqual(EventType.Message))
            return 0;
        kind.CopyTo(destination);
        return kind.Length;
    }

    private static ReadOnlySpan<byte> Label(Topic topic) => topic.Kind switch
    {
        TopicKind.Token => TopicName.OwnToken,
        TopicKind.Broadcast => TopicName.Broadcast,
        _ => topic.Name,
    };
}
