using System.Text;
using Keker.Protocol.Tokens;

namespace Keker.Server.Options;

/// <summary>Readers of single values that say who may. All are pure.</summary>
internal static class AccessValues
{
    private const int MostTextCharacters = 1024;

    /// <summary>A set of keys: a URL, or anything else as a path.</summary>
    public static string KeySet(string text, out string? mistake)
    {
        bool isUrl = text.Contains("://", StringComparison.Ordinal);
        mistake = isUrl && !TryReadUrl(text, out _)
            ? "expected an http or https URL without user and fragment"
            : text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal) ? null : "expected a URL, or the path of a file";
        return text;
    }

    public static Uri? Url(string text, out string? mistake)
    {
        mistake = TryReadUrl(text, out Uri? url) ? null : "expected an http or https URL without user and fragment";
        return url;
    }

    public static string Text(string text, out string? mistake)
    {
        mistake = text.Length is > 0 and <= MostTextCharacters && !text.Any(char.IsControl) ? null : $"expected 1 to {MostTextCharacters} characters";
        return text;
    }

    public static byte[]? Pattern(string text, out string? mistake)
    {
        byte[] pattern = Encoding.UTF8.GetBytes(text);
        bool isGood = NamePatterns.IsValid(pattern);
        mistake = isGood ? null : "expected a topic, or its beginning and *: 1 to 512 bytes without white space";
        return isGood ? pattern : null;
    }

    private static bool TryReadUrl(string text, out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https" && url is { UserInfo.Length: 0, Fragment.Length: 0, Host.Length: > 0 };
}
