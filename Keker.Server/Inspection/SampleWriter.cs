using System.Text.Json;

namespace Keker.Server.Inspection;

/// <summary>Writes samples as rows of a table. Stateless, thread-safe.</summary>
internal static class SampleWriter
{
    private static readonly JsonEncodedText[] Columns =
    [
        .. new[] { "time", "published", "delivered", "sessions", "connections", "p50", "p99", "memory", "refusals", "slow", "lost", "errors" }
            .Select(name => JsonEncodedText.Encode(name)),
    ];

    /// <summary>Writes the names of the columns, an array.</summary>
    public static void WriteColumns(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (JsonEncodedText column in Columns)
            json.WriteStringValue(column);
        json.WriteEndArray();
    }

    /// <summary>Writes a row, an array in the order of the columns.</summary>
    public static void Write(Utf8JsonWriter json, in Sample sample)
    {
        json.WriteStartArray();
        json.WriteNumberValue(sample.Time);
        json.WriteNumberValue(sample.Published);
        json.WriteNumberValue(sample.Delivered);
        json.WriteNumberValue(sample.Sessions);
        json.WriteNumberValue(sample.Connections);
        WriteSeconds(json, sample.Median);
        WriteSeconds(json, sample.Slowest);
        json.WriteNumberValue(sample.MemoryBytes);
        json.WriteNumberValue(sample.Refusals);
        json.WriteNumberValue(sample.SlowConsumers);
        json.WriteNumberValue(sample.Lost);
        json.WriteNumberValue(sample.Errors);
        json.WriteEndArray();
    }

    private static void WriteSeconds(Utf8JsonWriter json, float seconds)
    {
        if (float.IsFinite(seconds))
            json.WriteNumberValue(seconds);
        else
            json.WriteNullValue();
    }
}
