using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Observability;

/// <summary>For programs: one JSON object a line, with time, level, event and message, then what the message was made of. Stateless, thread-safe.</summary>
internal sealed class JsonForm : LineForm
{
    /// <summary>The template among the fields of an event, which every event of its kind has alike.</summary>
    private const string Template = "{OriginalFormat}";

    public override string Write(DateTimeOffset time, LogLevel level, string name, string text, object? state, Exception? exception)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("time"u8, Time(time));
            writer.WriteString("level"u8, LevelName(level));
            writer.WriteString("event"u8, JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
            writer.WriteString("message"u8, text);
            if (state is IReadOnlyList<KeyValuePair<string, object?>> fields)
                WriteFields(writer, fields);
            if (exception is not null)
                writer.WriteString("exception"u8, exception.ToString());
            writer.WriteEndObject();
        }
        return $"{Encoding.UTF8.GetString(json.WrittenSpan)}\n";
    }

    private static void WriteFields(Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        foreach ((string field, object? value) in fields)
        {
            if (field == Template)
                continue;
            string name = JsonNamingPolicy.SnakeCaseLower.ConvertName(field);
            if (value is int or long)
                writer.WriteNumber(name, Convert.ToInt64(value, null));
            else
                writer.WriteString(name, value?.ToString());
        }
    }
}
