using System.Text;
using System.Text.Json;

namespace Keker.Tests.EndToEnd.OpenApi;

/// <summary>One operation of openapi.json.</summary>
internal sealed record ApiOperation(JsonElement Document, string Path, JsonElement PathItem, string Method, JsonElement Operation)
{
    private static readonly JsonDocument Parsed = JsonDocument.Parse(File.ReadAllBytes(System.IO.Path.Combine(ReadmeFile.Root, "Keker.Server", "Web", "openapi.json")));

    /// <summary>All of it.</summary>
    public static JsonElement Root => Parsed.RootElement;

    public static IEnumerable<ApiOperation> All =>
        from path in Root.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Name != "parameters"
        select new ApiOperation(Root, path.Name, path.Value, operation.Name.ToUpperInvariant(), operation.Value);

    public string Id => Operation.GetProperty("operationId").GetString()!;

    /// <summary>False for what anybody may ask.</summary>
    public bool NeedsKey => !Operation.TryGetProperty("security", out JsonElement security) || security[0].EnumerateObject().Any();

    /// <summary>Bodies of requests, by media type, with an example.</summary>
    public IEnumerable<(string Type, JsonElement Schema, JsonElement Example)> Bodies =>
        !Operation.TryGetProperty("requestBody", out JsonElement body) ? [] :
        from content in body.GetProperty("content").EnumerateObject()
        where content.Value.TryGetProperty("example", out _)
        select (content.Name, content.Value.GetProperty("schema"), content.Value.GetProperty("example"));

    /// <summary>The request that its examples make, without a key.</summary>
    /// <param name="type">The media type of the body; null for none.</param>
    public HttpRequestMessage Example(string? type)
    {
        var query = new StringBuilder();
        var request = new HttpRequestMessage(new HttpMethod(Method), Path);
        // One JSON object says what headers say otherwise.
        foreach (JsonElement parameter in Parameters().Where(_ => type != "application/vnd.keker+json"))
        {
            string name = parameter.GetProperty("name").GetString()!;
            if (!parameter.TryGetProperty("example", out JsonElement example))
                continue;
            foreach (string value in example.ValueKind == JsonValueKind.Array ? example.EnumerateArray().Select(one => one.ToString()) : [example.ToString()])
            {
                if (parameter.GetProperty("in").GetString() == "header")
                    request.Headers.TryAddWithoutValidation(name, value);
                else
                    query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
        request.RequestUri = new Uri(Path + query, UriKind.Relative);
        if (type is not null)
        {
            JsonElement body = Bodies.Single(one => one.Type == type).Example;
            request.Content = new StringContent(body.ValueKind == JsonValueKind.String ? body.GetString()! : body.GetRawText(), new UTF8Encoding(false));
            request.Content.Headers.ContentType = new(type);
        }
        return request;
    }

    /// <summary>What the document says of an answer.</summary>
    public JsonElement Answer(int status)
    {
        Assert.That(Operation.GetProperty("responses").TryGetProperty($"{status}", out JsonElement answer), Is.True, $"{Id} does not tell of {status}");
        return Resolved(answer);
    }

    public override string ToString() => Id;

    private IEnumerable<JsonElement> Parameters() =>
        new[] { PathItem, Operation }
            .SelectMany(one => one.TryGetProperty("parameters", out JsonElement parameters) ? parameters.EnumerateArray() : Enumerable.Empty<JsonElement>())
            .Select(Resolved);

    private JsonElement Resolved(JsonElement element) =>
        element.TryGetProperty("$ref", out JsonElement reference) ? JsonSchema.Resolve(Document, reference.GetString()!) : element;
}
