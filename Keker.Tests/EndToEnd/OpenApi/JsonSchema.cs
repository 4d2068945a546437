using System.Text.Json;

namespace Keker.Tests.EndToEnd.OpenApi;

/// <summary>As much of JSON Schema as openapi.json uses. A word that it does not know fails the test: nothing is waved through.</summary>
internal static class JsonSchema
{
    private static readonly string[] Notes = ["description", "format", "contentEncoding", "maxLength", "minLength", "pattern"];

    /// <summary>What is wrong with a value, one line each.</summary>
    /// <param name="document">The document, in which references are looked up.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="value">The value.</param>
    /// <param name="place">Where it is, for the lines.</param>
    public static IEnumerable<string> Mistakes(JsonElement document, JsonElement schema, JsonElement value, string place = "$")
    {
        foreach (JsonProperty rule in schema.EnumerateObject())
        {
            IEnumerable<string> mistakes = rule.Name switch
            {
                "$ref" => Mistakes(document, Resolve(document, rule.Value.GetString()!), value, place),
                "type" => IsOf(rule.Value, value) ? [] : [$"{place}: {value.GetRawText()} is not {rule.Value.GetRawText()}"],
                "enum" => rule.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)) ? [] : [$"{place}: {value.GetRawText()} is not one of them"],
                "anyOf" => rule.Value.EnumerateArray().Any(one => !Mistakes(document, one, value, place).Any()) ? [] : [$"{place}: {value.GetRawText()} is none of them"],
                "minimum" => value.GetDouble() >= rule.Value.GetDouble() ? [] : [$"{place}: {value.GetRawText()} is too small"],
                "maximum" => value.GetDouble() <= rule.Value.GetDouble() ? [] : [$"{place}: {value.GetRawText()} is too large"],
                "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= rule.Value.GetInt32() ? [] : [$"{place}: too many"],
                "items" => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().SelectMany((item, i) => Mistakes(document, rule.Value, item, $"{place}[{i}]")) : [],
                "required" => rule.Value.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{place} lacks {name}"),
                "properties" => value.EnumerateObject().Where(member => rule.Value.TryGetProperty(member.Name, out _))
                    .SelectMany(member => Mistakes(document, rule.Value.GetProperty(member.Name), member.Value, $"{place}.{member.Name}")),
                "additionalProperties" => Additional(document, schema, rule.Value, value, place),
                _ => Notes.Contains(rule.Name) ? [] : throw new NotSupportedException(rule.Name),
            };
            foreach (string mistake in mistakes)
                yield return mistake;
        }
    }

    /// <summary>What <c>#/components/…</c> names.</summary>
    public static JsonElement Resolve(JsonElement document, string reference) =>
        reference.Split('/').Skip(1).Aggregate(document, (element, name) => element.GetProperty(name));

    private static IEnumerable<string> Additional(JsonElement document, JsonElement schema, JsonElement rule, JsonElement value, string place)
    {
        IEnumerable<JsonProperty> others = value.EnumerateObject()
            .Where(member => !schema.TryGetProperty("properties", out JsonElement known) || !known.TryGetProperty(member.Name, out _));
        return rule.ValueKind == JsonValueKind.False
            ? others.Select(member => $"{place}.{member.Name} is not in the document")
            : others.SelectMany(member => Mistakes(document, rule, member.Value, $"{place}.{member.Name}"));
    }

    private static bool IsOf(JsonElement type, JsonElement value) => type.ValueKind == JsonValueKind.Array
        ? type.EnumerateArray().Any(one => IsOf(one, value))
        : (type.GetString(), value.ValueKind) switch
        {
            ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("null", JsonValueKind.Null) => true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
            ("integer", JsonValueKind.Number) => value.TryGetInt64(out _),
            _ => false,
        };
}
