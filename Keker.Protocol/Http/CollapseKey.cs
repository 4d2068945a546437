namespace Keker.Protocol.Http;

/// <summary>Names what a message replaces among those that wait for the same recipient. Stateless, thread-safe.</summary>
public static class CollapseKey
{
    /// <summary>Longest key in bytes.</summary>
    public const int MaxLength = 64;

    /// <summary>Whether these bytes are a key: 1 to <see cref="MaxLength"/> bytes of visible ASCII.</summary>
    public static bool IsValid(ReadOnlySpan<byte> key) =>
        key.Length is > 0 and <= MaxLength && !key.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    /// <summary>Reads the Collapse-Key field.</summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="key">The key; empty unless the answer is Ok.</param>
    public static FieldStatus Read(RequestHead head, ReadOnlySpan<byte> bytes, out Slice key)
    {
        FieldStatus status = SingleField.Find(head, bytes, "collapse-key"u8, out key);
        if (status != FieldStatus.Ok || IsValid(key.In(bytes)))
            return status;
        key = default;
        return FieldStatus.Invalid;
    }
}
