using System.Text.Json;

namespace Keker.Benchmarks.Common;

internal readonly record struct HttpAnswer(string Status, string Body)
{
    /// <summary>A number in "data", or -1 where there is none.</summary>
    public long Number(string name)
    {
        using JsonDocument json = JsonDocument.Parse(Body);
        return json.RootElement.GetProperty("data") is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty(name, out JsonElement value)
            ? value.GetInt64()
            : -1;
    }
}
