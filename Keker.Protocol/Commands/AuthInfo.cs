using System.Buffers;
using System.Text;

namespace Keker.Protocol.Commands;

/// <summary>
/// AUTH_INFO, the word that names a client's private topic: in HELLO and in the Token header of a publish. Stateless,
/// thread-safe.
/// </summary>
public static class AuthInfo
{
    /// <summary>Longest AUTH_INFO in bytes of UTF-8.</summary>
    public const int MaxLength = 512;

    /// <summary>Longest AUTH_INFO in bytes where it is checked: a signed token, or what a backend is asked about.</summary>
    public const int MaxCheckedLength = 8 * 1024;

    /// <summary>
    /// Whether these bytes are one word: 1 to <see cref="MaxLength"/> bytes of valid UTF-8 without white space (Unicode
    /// White_Space) and without control characters (category Cc: C0, DEL, C1).
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> word) => IsValid(word, MaxLength);

    /// <summary>The same with another bound.</summary>
    /// <param name="word">The bytes.</param>
    /// <param name="maxLength">The most bytes it may have.</param>
    public static bool IsValid(ReadOnlySpan<byte> word, int maxLength)
    {
        if (word.Length == 0 || word.Length > maxLength) return false;
        int plain = word.IndexOfAnyExceptInRange((byte)'!', (byte)'~');
        return plain < 0 || IsWord(word[plain..]);
    }

    private static bool IsWord(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) != OperationStatus.Done) return false;
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune)) return false;
            bytes = bytes[length..];
        }

        return true;
    }
}
