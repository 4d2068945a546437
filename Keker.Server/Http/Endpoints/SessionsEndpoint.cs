using System.Buffers;
using System.Text.Json;
using Keker.Protocol.Http;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Http.Endpoints;

/// <summary>`GET /v1/stats/sessions`: which tokens are online and with how many sessions. Tokens are secrets: only with a key.</summary>
internal sealed class SessionsEndpoint(ServerContext server) : Endpoint(server)
{
    /// <summary>Tokens in one answer: a list for people, not a dump of a million secrets.</summary>
    private const int Most = 10_000;

    public override ReadOnlySpan<byte> Allow => AllowRead;

    public override bool IsPrivileged => true;

    public override bool Allows(RequestMethod method) => method is RequestMethod.Get or RequestMethod.Head;

    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head) =>
        !Server.PublishKeys.IsOpen
        || Refuse(exchange, 403, "the list of sessions shows tokens: start the server with --publish-key to see it"u8);

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("recipients", Server.Broker.Context.Topics.Occupied.Value);
            writer.WriteStartArray("tokens");
            int left = Most;
            foreach (Topic topic in Server.Broker.Context.Topics.Snapshot().Where(topic => topic.MemberCount > 0))
            {
                if (--left < 0)
                    break;
                writer.WriteStartObject();
                writer.WriteString("token", topic.Name);
                writer.WriteNumber("sessions", topic.MemberCount);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteBoolean("truncated", left < 0);
            writer.WriteEndObject();
        }
        JsonAnswers.WriteMessage(exchange.Answers, 200, "sessions"u8, json.WrittenSpan, exchange.Headers());
    }
}
