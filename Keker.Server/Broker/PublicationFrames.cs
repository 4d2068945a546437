using Keker.Protocol.Commands;
using Keker.Protocol.Sse;
using Keker.Protocol.WebSocket;

namespace Keker.Server.Broker;

/// <summary>
/// Builds what a publication looks like where that depends on its place in the topic: once a pass, shared by everybody who wants it. Stateless, thread-safe.
/// </summary>
internal static class PublicationFrames
{
    /// <summary>The whole frame.</summary>
    /// <param name="variant">One that is built: neither plain nor deflated.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="offset">The publication's offset in it.</param>
    /// <param name="publication">The publication.</param>
    public static byte[] Build(Variant variant, Topic topic, long offset, Publication publication) => variant switch
    {
        Variant.EventStream => BuildEvent(topic, offset, publication),
        _ => throw new ArgumentOutOfRangeException(nameof(variant)),
    };

    /// <summary>
    /// The id says how many messages of the topic the client has with this one. A broadcast has none, so that the last id of a
    /// stream is always one of its token.
    /// </summary>
    private static byte[] BuildEvent(Topic topic, long offset, Publication publication)
    {
        Span<byte> id = stackalloc byte[MessageId.MaxLength];
        id = id[..(topic.Kind == TopicKind.Token ? new MessageId(topic.Epoch, offset + 1).Write(id) : 0)];
        ReadOnlySpan<byte> payload = publication.Payload;
        long textLength = publication.OpCode == OpCode.Text ? TextEvent.Length(id, default, payload) : long.MaxValue;

        // Hundreds of MB of line ends, each of which takes a field of its own, do not fit an array; as base64 they do.
        bool isText = textLength <= Array.MaxLength;
        byte[] frame = GC.AllocateUninitializedArray<byte>(isText ? (int)textLength : checked((int)BinaryEvent.Length(id, payload.Length)));
        if (isText)
            TextEvent.Write(frame, id, default, payload);
        else
            BinaryEvent.Write(frame, id, payload);
        return frame;
    }
}
