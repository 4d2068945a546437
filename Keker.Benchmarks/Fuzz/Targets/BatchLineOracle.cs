using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Keker.Protocol.Commands;
using Keker.Protocol.Json;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>A line of a batch by way of a document that holds all of it; what is wrong with a bad one it does not say.</summary>
internal sealed partial class BatchLineOracle
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = BatchLine.MaxDepth };

    public List<byte[]> Tokens { get; } = [];

    public List<byte[]> Topics { get; } = [];

    public byte[]? Body { get; private set; }

    public bool IsBinary { get; private set; }

    public int? Ttl { get; private set; }

    public byte[] CollapseKey { get; private set; } = [];

    public byte[] IdempotencyKey { get; private set; } = [];

    /// <returns>Null for a bad line.</returns>
    public static BatchLineOracle? Read(byte[] line)
    {
        if (!SlowUtf8.IsText(line, whole: true)) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static BatchLineOracle? Read(JsonElement line)
    {
        BatchLineOracle oracle = new();
        HashSet<string> seen = [];
        foreach (JsonProperty member in line.EnumerateObject())
        {
            if (TextOf(member) is not { } name || !seen.Add(name) || !oracle.TryTake(name, member.Value)) return null;
        }

        int recipients = oracle.Tokens.Count + oracle.Topics.Count;
        return oracle.Body is not null && recipients is > 0 and <= BatchLine.MaxRecipients ? oracle : null;
    }

    private bool TryTake(string name, JsonElement value)
    {
        bool isSecondBody = Body is not null;
        string? text = TextOf(value);
        switch (name)
        {
            case "token":
                return TryTakeNames(value, Tokens, static _ => true);
            case "topic":
                return TryTakeNames(value, Topics, static topic => topic is not ("-" or "*"));
            case "data" when text is not null && !isSecondBody:
                Body = Encoding.UTF8.GetBytes(text);
                return true;
            case "base64" when text is not null && Base64().IsMatch(text) && !isSecondBody:
                Body = Convert.FromBase64String(text);
                return IsBinary = true;
            case "json" when !isSecondBody:
                Body = Encoding.UTF8.GetBytes(value.GetRawText());
                return true;
            case "ttl" when value.ValueKind == JsonValueKind.Number && Digits().IsMatch(value.GetRawText()):
                Ttl = int.TryParse(value.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : int.MaxValue;
                return Ttl <= 30 * 24 * 60 * 60;
            case "collapse_key" when text is not null && Collapse().IsMatch(text):
                CollapseKey = Encoding.UTF8.GetBytes(text);
                return true;
            case "idempotency_key" when text is not null && Idempotency().IsMatch(text):
                IdempotencyKey = Encoding.UTF8.GetBytes(text);
                return true;
            default:
                return false;
        }
    }

    private static bool TryTakeNames(JsonElement value, List<byte[]> names, Func<string, bool> isAllowed)
    {
        IEnumerable<JsonElement> all = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        foreach (JsonElement one in all)
        {
            if (TextOf(one) is not { } name || !isAllowed(name)) return false;
            byte[] bytes = Encoding.UTF8.GetBytes(name);
            if (!AuthInfo.IsValid(bytes)) return false;
            names.Add(bytes);
        }

        return true;
    }

    /// <summary>Null for what is no string, and for half a surrogate pair.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>RFC 4648, section 4, with the bits that belong to no byte zero.</summary>
    [GeneratedRegex(@"\A(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Base64();

    [GeneratedRegex(@"\A[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    [GeneratedRegex(@"\A[!-~]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Collapse();

    [GeneratedRegex(@"\A(?:(?![""\\])[!-~]){1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Idempotency();
}
