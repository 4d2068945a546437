using System.Text;
using System.Text.Json;
using Keker.Protocol.Commands;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Inspection;

/// <summary>Writes what there is to say of a topic. Stateless, thread-safe.</summary>
internal static class TopicWriter
{
    /// <summary>Writes <c>{"token"|"topic","sessions",...}</c>.</summary>
    public static void Write(Utf8JsonWriter json, Topic topic)
    {
        TopicFigures figures = TopicFigures.Of(topic);
        json.WriteStartObject();
        WriteName(json, topic);
        json.WriteNumber("sessions"u8, figures.Sessions);
        json.WriteNumber("away"u8, figures.Away);
        json.WriteNumber("waiting"u8, figures.Waiting);
        json.WriteNumber("waitingBytes"u8, figures.WaitingBytes);
        json.WriteNumber("kept"u8, figures.Kept);
        json.WriteNumber("keptBytes"u8, figures.KeptBytes);
        json.WriteNumber("logMessages"u8, figures.LogMessages);
        json.WriteNumber("logBytes"u8, figures.LogBytes);
        json.WriteNumber("head"u8, figures.Head);
        json.WriteString("last"u8, IdOf(topic, figures.Head));
        json.WriteEndObject();
    }

    /// <summary>Writes the member that names it.</summary>
    public static void WriteName(Utf8JsonWriter json, Topic topic) => json.WriteString(topic.Kind == TopicKind.Token ? "token"u8 : "topic"u8, topic.Name);

    /// <summary>The id that says that a client has had so many messages: that of the last of them.</summary>
    public static string IdOf(Topic topic, long offset)
    {
        Span<byte> id = stackalloc byte[MessageId.MaxLength];
        return Encoding.ASCII.GetString(id[..new MessageId(topic.Epoch, offset).Write(id)]);
    }
}
