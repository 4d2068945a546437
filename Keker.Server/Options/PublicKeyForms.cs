using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Keker.Server.Options;

/// <summary>
/// The forms other than PEM in which keys are handed around: DER, DER in base64 without the lines around it (as consoles of identity providers show it), JSON Web Keys,
/// OpenSSH, PEM in UTF-16. Whoever takes one as a secret has a secret that everybody knows. Stateless, thread-safe.
/// </summary>
internal static class PublicKeyForms
{
    private const byte Sequence = 0x30;
    private const byte Integer = 0x02;

    /// <summary>Whether a file holds a key in one of them.</summary>
    public static bool IsOne(ReadOnlySpan<byte> content)
    {
        // Of UTF-16 each second byte is zero, and there are two or three at the beginning that tell the order.
        byte[] text = [.. content.ToArray().Where(static value => value != 0)];
        ReadOnlySpan<byte> trimmed = text.AsSpan().TrimStart("\uFEFF"u8).TrimStart([(byte)0xFE, (byte)0xFF]).Trim(" \t\r\n"u8);
        bool isText = !trimmed.ContainsAnyExceptInRange((byte)'\t', (byte)'~');
        return isText ? IsTextOfOne(trimmed, isWide: text.Length < content.Length) : IsDer(content);
    }

    private static bool IsTextOfOne(ReadOnlySpan<byte> text, bool isWide) =>
        isWide && text.IndexOf("-----BEGIN"u8) >= 0
        || text.StartsWith("---- BEGIN"u8)
        || text.StartsWith("ssh-"u8)
        || text.StartsWith("ecdsa-sha2-"u8)
        || text.StartsWith("{"u8) && (text.IndexOf("\"kty\""u8) >= 0 || text.IndexOf("\"keys\""u8) >= 0)
        || IsDerInBase64(text);

    private static bool IsDerInBase64(ReadOnlySpan<byte> text)
    {
        string joined = string.Concat(Encoding.ASCII.GetString(text).Where(static c => !char.IsWhiteSpace(c))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        byte[] decoded = new byte[Base64Url.GetMaxDecodedLength(joined.Length)];
        return Base64Url.DecodeFromChars(joined, decoded, out _, out int length) == OperationStatus.Done && IsDer(decoded.AsSpan(0, length));
    }

    /// <summary>One sequence from the first byte to the last, which begins with another or with a number: what a key or a certificate is (RFC 5280 4.1, RFC 8017 A.1).</summary>
    private static bool IsDer(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 6 || bytes[0] != Sequence)
            return false;
        (int head, int length) = bytes[1] switch
        {
            < 0x80 => (2, bytes[1]),
            0x81 => (3, bytes[2]),
            0x82 => (4, (bytes[2] << 8) | bytes[3]),
            _ => (2, -1),
        };
        return head + length == bytes.Length && bytes[head] is Sequence or Integer;
    }
}
