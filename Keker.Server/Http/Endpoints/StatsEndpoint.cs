using System.Buffers;
using System.Text.Json;
using Keker.Protocol.Http;
using Keker.Server.Broker;
using Keker.Server.Broker.Cache;
using Keker.Server.Broker.Log;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Http.Endpoints;

/// <summary>`GET /v1/stats`: what the server has done and holds, in numbers.</summary>
internal sealed class StatsEndpoint(ServerContext server) : Endpoint(server)
{
    public override ReadOnlySpan<byte> Allow => AllowRead;

    public override bool IsPrivileged => true;

    public override bool Allows(RequestMethod method) => method is RequestMethod.Get or RequestMethod.Head;

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body)
    {
        BrokerContext broker = Server.Broker.Context;
        Counters counters = Server.Counters;
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("version", KekerVersion.Text);
            writer.WriteNumber("uptimeSeconds", Server.Clock.Now / 1000);
            writer.WriteBoolean("draining", Server.IsDraining);
            writer.WriteNumber("connections", counters.Connections.Value);
            writer.WriteNumber("sessions", counters.Sessions);
            writer.WriteNumber("recipients", broker.Topics.Occupied.Value);
            writer.WriteNumber("topics", broker.NamedTopics.Count);
            writer.WriteNumber("published", counters.Published);
            writer.WriteNumber("delivered", counters.Delivered.Value);
            writer.WriteNumber("cached", counters.Cached.Value);
            writer.WriteNumber("cachedNow", broker.CacheLedger.Count);
            writer.WriteNumber("cachedBytes", broker.CacheLedger.Bytes);
            writer.WriteNumber("logBytes", broker.Memory.Bytes);
            writer.WriteNumber("unfinishedBytes", Server.Input.Budget.Bytes);
            writer.WriteNumber("unconfirmedLost", counters.UnconfirmedLost.Value);
            writer.WriteNumber("expired", counters.Expired.Value);
            writer.WriteNumber("brokenPositions", broker.Breaks.Count);
            writer.WriteNumber("skipped", counters.Skipped.Value);
            writer.WriteNumber("slowConsumers", counters.SlowConsumers.Value);
            writer.WriteNumber("loggedOut", counters.LoggedOut.Value);
            writer.WriteNumber("refusedHellos", counters.RefusedHellos.Value);
            writer.WriteNumber("hooksDelivered", counters.HooksDelivered.Value);
            writer.WriteNumber("hookFailures", counters.HookFailures.Value);
            writer.WriteNumber("hookResets", counters.HookResets.Value);
            writer.WriteNumber("failedRequests", counters.FailedRequests.Value);
            writer.WriteNumber("protocolErrors", counters.ProtocolErrors);
            writer.WriteNumber("internalErrors", counters.InternalErrors.Value);
            writer.WriteNumber("heldBytes", broker.UnfinishedWrites.Bytes + broker.BuiltFrames.Bytes);
            writer.WriteNumber("refusedConnections", counters.Refused.Value);
            writer.WriteNumber("rateLimited", counters.RateLimited.Value);
            writer.WriteStartObject("refusedAccess");
            foreach (RefusalReason reason in counters.RefusedAccess.Keys)
                writer.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(reason.ToString()), counters.RefusedAccess[reason].Value);
            writer.WriteEndObject();
            writer.WriteNumber("memoryBytes", Environment.WorkingSet);
            writer.WriteNumber("memoryLimitBytes", Server.Memory.Limit);
            writer.WriteEndObject();
        }
        JsonAnswers.WriteMessage(exchange.Answers, 200, "statistics"u8, json.WrittenSpan, exchange.Headers());
    }
}
