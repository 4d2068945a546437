using System.Text;
using System.Text.Json;

namespace Keker.Server.Client;

/// <summary>What a server has answered. Immutable.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body as it came.</param>
internal sealed record ApiAnswer(int Status, byte[] Body)
{
    /// <summary>The member <c>message</c>; the beginning of the body where that is no answer of Keker's.</summary>
    public string Message
    {
        get
        {
            const int Shown = 200;
            if (TryRead(out JsonElement root) && root.TryGetProperty("message", out JsonElement message) && TryRead(message, out string said))
                return said;
            string text = Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, Shown)));
            return string.Create(text.Length, text, static (clean, text) =>
            {
                for (int i = 0; i < text.Length; i++)
                    clean[i] = char.IsControl(text[i]) ? ' ' : text[i];
            }).Trim();
        }
    }

    /// <summary>The member <c>data</c> where it is an object; null otherwise.</summary>
    public JsonElement? Data => TryRead(out JsonElement root) && root.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.Object ? data : null;

    /// <summary>Whether the body has the form that every answer of Keker has.</summary>
    public bool IsKekers => TryRead(out JsonElement root) && root.TryGetProperty("message", out _) && root.TryGetProperty("data", out _);

    private static bool TryRead(JsonElement member, out string text)
    {
        text = "";
        try
        {
            text = member.ValueKind == JsonValueKind.String ? member.GetString()! : "";
            return text.Length > 0;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is no text.
            return false;
        }
    }

    private bool TryRead(out JsonElement root)
    {
        root = default;
        try
        {
            root = JsonElement.Parse(Body);
            return root.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
