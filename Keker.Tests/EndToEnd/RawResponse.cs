using System.Text;
using System.Text.Json;

namespace Keker.Tests.EndToEnd;

/// <summary>An HTTP answer as it came over the wire.</summary>
/// <param name="Status">Status code.</param>
/// <param name="Headers">Field lines by name, compared without case; a repeated one fails the test that reads it.</param>
/// <param name="Body">The bytes that Content-Length announced.</param>
internal sealed record RawResponse(int Status, ILookup<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string Message => JsonDocument.Parse(Body).RootElement.GetProperty("message").GetString()!;

    public JsonElement Data => JsonDocument.Parse(Body).RootElement.GetProperty("data");

    /// <summary>The one value of a header, or null.</summary>
    public string? Header(string name) => Headers[name].SingleOrDefault();

    public bool Closes => Header("Connection") == "close";
}
