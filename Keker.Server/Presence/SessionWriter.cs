using System.Globalization;
using System.Net;
using System.Text.Json;
using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;

namespace Keker.Server.Presence;

/// <summary>Writes the members that tell of a session who it is. Thread-safe.</summary>
/// <param name="context">Knows the time.</param>
internal sealed class SessionWriter(BrokerContext context)
{
    private const int AddressBytes = 16;

    /// <summary>Writes <c>"id","token","since","address","user_agent","mode"</c>.</summary>
    public void Write(Utf8JsonWriter json, Session session)
    {
        json.WriteString("id"u8, session.Id.ToString("x", CultureInfo.InvariantCulture));
        WriteText(json, "token"u8, session.Token is { Length: > 0 } token ? token : null);
        json.WriteString("since"u8, Since(session).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        WriteAddress(json, session);
        WriteText(json, "user_agent"u8, session.UserAgent);
        json.WriteString("mode"u8, Mode(session.Variant));
    }

    /// <summary>Writes <c>"topics"</c>: up to a hundred names, which clients choose.</summary>
    public static void WriteTopics(Utf8JsonWriter json, Session session)
    {
        json.WriteStartArray("topics"u8);
        foreach (byte[] topic in session.TopicNames())
            json.WriteStringValue(topic);
        json.WriteEndArray();
    }

    /// <summary>Writes a text, or null.</summary>
    public static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, byte[]? text)
    {
        if (text is null)
            json.WriteNull(name);
        else
            json.WriteString(name, text);
    }

    private static ReadOnlySpan<byte> Mode(Variant variant) => variant switch
    {
        Variant.Tagged => "keker.v2"u8,
        Variant.EventStream or Variant.EventWithoutId => "event-stream"u8,
        _ => "plain"u8,
    };

    private DateTime Since(Session session) => context.Clock.UtcNow.UtcDateTime.AddMilliseconds(session.AcceptedAt * 1000.0 - context.Clock.Now);

    private static void WriteAddress(Utf8JsonWriter json, Session session)
    {
        Span<byte> bytes = stackalloc byte[AddressBytes];
        int length = session.WriteAddress(bytes);
        if (length == 0)
        {
            json.WriteNull("address"u8);
            return;
        }
        var address = new IPAddress(bytes[..length]);
        json.WriteString("address"u8, (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
    }
}
