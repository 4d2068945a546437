using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;

namespace Keker.Server.Broker;

/// <summary>The frames whose bytes depend on the topic a publication is in. Stateless, thread-safe.</summary>
internal static class PublicationFrames
{
    /// <summary>A publication as members of a topic get it.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="offset">Where it is in the topic's log.</param>
    /// <param name="publication">The message.</param>
    public static byte[] Tagged(Topic topic, long offset, Publication publication)
    {
        // The id says how many messages there were up to and including this one: whoever has it goes on at that offset.
        var id = new MessageId(topic.Epoch, offset + 1);
        ReadOnlySpan<byte> label = Label(topic);
        int lineLength = MessageLine.Length(id, label.Length);
        int length = lineLength + publication.Payload.Length;
        int header = FrameWriter.HeaderLength(length);
        byte[] frame = GC.AllocateUninitializedArray<byte>(header + length);
        FrameWriter.WriteHeader(frame, publication.OpCode, length);
        MessageLine.Write(frame.AsSpan(header), id, label);
        publication.Payload.CopyTo(frame.AsSpan(header + lineLength));
        return frame;
    }

    /// <summary>Says that messages of a topic are gone for good.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="from">The last message that the client has.</param>
    /// <param name="to">The message after which it goes on.</param>
    public static byte[] Gap(Topic topic, MessageId from, MessageId to)
    {
        ReadOnlySpan<byte> label = Label(topic);
        int length = GapLine.Length(label.Length, from, to);
        int header = FrameWriter.HeaderLength(length);
        byte[] frame = new byte[header + length];
        FrameWriter.WriteHeader(frame, OpCode.Text, length);
        GapLine.Write(frame.AsSpan(header), label, from, to);
        return frame;
    }

    private static ReadOnlySpan<byte> Label(Topic topic) => topic.Kind switch
    {
        TopicKind.Token => TopicName.OwnToken,
        TopicKind.Broadcast => TopicName.Broadcast,
        _ => topic.Name,
    };
}
