using System.Text;

namespace Keker.Server.Options;

/// <summary>Reads publish keys, from the value itself or, after an <c>@</c>, from a file.</summary>
internal static class PublishKeys
{
    private const char FileMark = '@';

    /// <summary>Whether a value names a file, and which.</summary>
    public static bool IsFile(string text, out string path)
    {
        path = text.StartsWith(FileMark) ? text[1..] : "";
        return path.Length > 0;
    }

    /// <param name="text">The key, or @ and the path of a file that holds it.</param>
    /// <param name="mistake">What is wrong, without a word of the key or the path (a key may begin with @ by mistake); null when all is well.</param>
    public static byte[] Read(string text, out string? mistake)
    {
        if (!text.StartsWith(FileMark))
            return Check(Encoding.UTF8.GetBytes(text), "", out mistake);

        if (!TryReadFile(text[1..], out byte[] content, out mistake))
            return [];

        return Check(TrimLineEnd(content).ToArray(), "in the file after @ ", out mistake);
    }

    private static byte[] Check(byte[] key, string where, out string? mistake)
    {
        // What an HTTP client can send as one word of a header: VCHAR (RFC 5234 B.1).
        bool isGood = key.Length is > 0 and <= Limits.PublishKeyBytes && !key.AsSpan().ContainsAnyExceptInRange((byte)'!', (byte)'~');
        mistake = isGood ? null : $"expected {where}1 to {Limits.PublishKeyBytes} visible ASCII characters without spaces";
        return key;
    }

    private static bool TryReadFile(string path, out byte[] content, out string? mistake)
    {
        content = [];
        mistake = null;
        try
        {
            // Never more than would still be a mistake: the path may name a device that does not end.
            byte[] buffer = new byte[Limits.PublishKeyBytes + 3];
            using FileStream file = File.OpenRead(path);
            content = buffer[..file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            mistake = "the file after @ does not exist";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            mistake = "the file after @ cannot be read";
        }

        return false;
    }

    private static ReadOnlySpan<byte> TrimLineEnd(ReadOnlySpan<byte> content)
    {
        if (content.EndsWith("\r\n"u8))
            return content[..^2];

        return content.EndsWith("\n"u8) ? content[..^1] : content;
    }
}
