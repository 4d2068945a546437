using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Presence.Hooks;

/// <summary>The body of a hook: a JSON array of events. Stateless, thread-safe.</summary>
internal static class HookBody
{
    /// <summary>Writes the array.</summary>
    /// <param name="events">At least one.</param>
    /// <param name="boot">See <see cref="Broker.IPresenceWatch.Boot"/>.</param>
    public static byte[] Write(List<HookEvent> events, ulong boot)
    {
        var output = new ArrayBufferWriter<byte>();
        string bootText = boot.ToString("x", CultureInfo.InvariantCulture);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartArray();
            foreach (HookEvent each in events)
                Write(json, each, bootText);
            json.WriteEndArray();
        }
        return output.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, in HookEvent each, string boot)
    {
        json.WriteStartObject();
        json.WriteNumber("seq"u8, each.Seq);
        json.WriteString("boot"u8, boot);
        json.WriteString("time"u8, each.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("event"u8, Name(each.Kind));
        if (each.Kind != HookEventKind.Reset)
        {
            json.WriteString(each.Of == TopicKind.Token ? "token"u8 : "topic"u8, each.Name);
            json.WriteNumber("sessions"u8, each.Sessions);
        }
        if (each.Key is { } key)
            json.WriteString("idempotency_key"u8, key);
        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> Name(HookEventKind kind) => kind switch
    {
        HookEventKind.Online => "online"u8,
        HookEventKind.Offline => "offline"u8,
        HookEventKind.Occupied => "occupied"u8,
        HookEventKind.Vacated => "vacated"u8,
        HookEventKind.Expired => "expired"u8,
        _ => "reset"u8,
    };
}
