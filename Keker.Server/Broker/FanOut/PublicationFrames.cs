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
        (variant == Variant.Tagged && topic.Kind != TopicKind.Broadcast) || (variant == Variant.EventStream && topic.Kind == TopicKind.Token);

    /// <summary>Says that messages of a topic are gone for good.</summary>
    /// <param name="variant">One with ids.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="from">The last message that the client has.</param>
    /// <param name="to">The message after which it goes on.</param>
    public static byte[] Gap(Variant variant, Topic topic, MessageId from, MessageId to)
    {
        if (variant == Variant.EventStream)
            return GapEvent(from, to);
        ReadOnlySpan<byte> label = Label(topic);
        byte[] frame = FrameWriter.Create(OpCode.Text, GapLine.Length(label.Length, from, to), out Span<byte> line);
        GapLine.Write(line, label, from, to);
        return frame;
    }

    private static byte[] GapEvent(MessageId from, MessageId to)
    {
        // Two ids and a space between; the second one is also where the stream goes on.
        Span<byte> text = stackalloc byte[2 * MessageId.MaxLength + 1];
        int length = from.Write(text);
        text[length++] = (byte)' ';
        int idLength = to.Write(text[length..]);
        ReadOnlySpan<byte> id = text.Slice(length, idLength);
        ReadOnlySpan<byte> data = text[..(length + idLength)];
        byte[] frame = new byte[TextEvent.Length(id, "gap"u8, data)];
        TextEvent.Write(frame, id, "gap"u8, data);
        return frame;
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

    /// <summary>A broadcast has no id, so that the last id of a stream is always one of its token.</summary>
    private static byte[] BuildEvent(Topic topic, MessageId place, Publication publication)
    {
        Span<byte> id = stackalloc byte[MessageId.MaxLength];
        id = id[..(topic.Kind == TopicKind.Token ? place.Write(id) : 0)];
        bool isText = publication.OpCode == OpCode.Text;
        ReadOnlySpan<byte> payload = publication.Payload;
        long length = isText ? TextEvent.Length(id, default, payload) : BinaryEvent.Length(id, payload.Length);
        byte[] frame = GC.AllocateUninitializedArray<byte>(checked((int)length));
        if (isText)
            TextEvent.Write(frame, id, default, payload);
        else
            BinaryEvent.Write(frame, id, payload);
        return frame;
    }

    private static ReadOnlySpan<byte> Label(Topic topic) => topic.Kind switch
    {
        TopicKind.Token => TopicName.OwnToken,
        TopicKind.Broadcast => TopicName.Broadcast,
        _ => topic.Name,
    };
}
