using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Keker.Server.Broker;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Presence;

/// <summary>
/// Writes who is online, a JSON object a line: first <c>{"seq","boot"}</c>, then for each token and topic <c>{"token"|"topic","sessions"}</c>. What changes
/// meanwhile may be in it or not; a change that is told with a later number says so.
/// </summary>
/// <param name="presence">What is told of changes.</param>
/// <param name="context">Where they are.</param>
internal sealed class OnlineList(PresenceState presence, BrokerContext context) : ILongAnswer
{
    /// <summary>Topics that are looked at before others get their turn.</summary>
    private const int Step = 128;

    private readonly Utf8JsonWriter _json = new(Stream.Null);
    private IEnumerator<Topic>? _topics;

    public bool TryWrite(IBufferWriter<byte> output)
    {
        if (_topics is null)
            Begin(output);
        for (int i = 0; i < Step; i++)
        {
            if (!_topics!.MoveNext())
                return false;
            Topic topic = _topics.Current;
            if (presence.IsOnline(topic))
                WriteLine(output, topic);
        }
        return true;
    }

    public void Dispose()
    {
        _topics?.Dispose();
        _json.Dispose();
    }

    private void Begin(IBufferWriter<byte> output)
    {
        // The number first: who comes or goes from here on is told with a higher one.
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WriteNumber("seq"u8, presence.LastChange);
        _json.WriteString("boot"u8, presence.Boot.ToString("x", CultureInfo.InvariantCulture));
        EndLine(output);

        // Stripe by stripe, each as it is when its turn comes.
        _topics = context.Topics.Snapshot().Concat(context.NamedTopics.Snapshot()).GetEnumerator();
    }

    private void WriteLine(IBufferWriter<byte> output, Topic topic)
    {
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WriteString(topic.Kind == TopicKind.Token ? "token"u8 : "topic"u8, topic.Name);
        _json.WriteNumber("sessions"u8, topic.MemberCount);
        EndLine(output);
    }

    private void EndLine(IBufferWriter<byte> output)
    {
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n"u8);
    }
}
