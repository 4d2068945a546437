using System.Buffers;
using System.Text;
using System.Text.Json;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;

namespace Keker.Server.Presence;

/// <summary>Writes <c>{"sessions":[...],"count":N}</c>.</summary>
/// <param name="query">Whose sessions.</param>
/// <param name="context">Where they are.</param>
internal sealed class SessionList(SessionQuery query, BrokerContext context) : SessionVisit(query, context)
{
    private readonly Utf8JsonWriter _json = new(Stream.Null);
    private readonly SessionWriter _writer = new(context);

    public override void Dispose()
    {
        base.Dispose();
        _json.Dispose();
    }

    protected override void WriteBeginning(IBufferWriter<byte> output) => output.Write("{\"sessions\":["u8);

    protected override bool TryVisit(Session session, IBufferWriter<byte> output)
    {
        if (Count > 0)
            output.Write(","u8);
        _json.Reset(output);
        _json.WriteStartObject();
        _writer.Write(_json, session);
        SessionWriter.WriteTopics(_json, session);
        _json.WriteEndObject();
        _json.Flush();
        return true;
    }

    protected override void WriteEnd(IBufferWriter<byte> output) => output.Write(Encoding.ASCII.GetBytes($"],\"count\":{Count}}}"));
}
