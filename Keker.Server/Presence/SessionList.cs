using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;

namespace Keker.Server.Presence;

/// <summary>Writes <c>{"sessions":[...],"count":N}</c>.</summary>
/// <param name="query">Whose sessions.</param>
/// <param name="context">Where they are.</param>
internal sealed class SessionList(SessionQuery query, BrokerContext context) : SessionVisit(query, context)
{
    private const int AddressBytes = 16;

    private readonly Utf8JsonWriter _json = new(Stream.Null);
    private readonly BrokerContext _context = context;

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
        _json.WriteString("id"u8, session.Id.ToString("x", CultureInfo.InvariantCulture));
        WriteText("token"u8, session.Token is { Length: > 0 } token ? token : null);
        _json.WriteString("since"u8, Since(session).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        WriteAddress(session);
        WriteText("user_agent"u8, session.UserAgent);
        _json.WriteString("mode"u8, Mode(session.Variant));
        _json.WriteStartArray("topics"u8);
        foreach (byte[] topic in session.TopicNames())
            _json.WriteStringValue(topic);
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        return true;
    }

    protected override void WriteEnd(IBufferWriter<byte> output) => output.Write(Encoding.ASCII.GetBytes($"],\"count\":{Count}}}"));

    private static ReadOnlySpan<byte> Mode(Variant variant) => variant switch
    {
        Variant.Tagged => "keker.v2"u8,
        Variant.EventStream or Variant.EventWithoutId => "event-stream"u8,
        _ => "plain"u8,
    };

    private DateTime Since(Session session) => _context.Clock.UtcNow.UtcDateTime.AddMilliseconds(session.AcceptedAt * 1000.0 - _context.Clock.Now);

    private void WriteText(ReadOnlySpan<byte> name, byte[]? text)
    {
        if (text is null)
            _json.WriteNull(name);
        else
            _json.WriteString(name, text);
    }

    private void WriteAddress(Session session)
    {
        Span<byte> bytes = stackalloc byte[AddressBytes];
        int length = session.WriteAddress(bytes);
        if (length == 0)
        {
            _json.WriteNull("address"u8);
            return;
        }
        var address = new IPAddress(bytes[..length]);
        _json.WriteString("address"u8, (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
    }
}
