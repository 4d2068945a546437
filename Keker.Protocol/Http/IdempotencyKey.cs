namespace Keker.Protocol.Http;

/// <summary>
/// Names a publish, so that its repetition does nothing: as a string (RFC 8941, section 3.3.3), as the draft of the field has it, or bare.
/// The two spellings are one key. Stateless, thread-safe.
/// </summary>
public static class IdempotencyKey
{
    /// <summary>Longest key in bytes, without quotes.</summary>
    public const int MaxLength = 255;

    private const byte Quote = (byte)'"';

    /// <summary>
    /// Whether these bytes are a key: 1 to <see cref="MaxLength"/> bytes of visible ASCII without quotes and backslashes, which a string
    /// would escape: a key has no other spelling than its own.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> key) =>
        key.Length is > 0 and <= MaxLength && !key.ContainsAnyExceptInRange((byte)'!', (byte)'~') && !key.ContainsAny(Quote, (byte)'\\');

    /// <summary>
    /// Reads the Idempotency-Key field. A bare key has neither commas nor semicolons, which would make it a list or an item with parameters.
    /// </summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="key">The key without its quotes; empty unless the answer is Ok.</param>
    public static FieldStatus Read(RequestHead head, ReadOnlySpan<byte> bytes, out Slice key)
    {
        key = default;
        FieldStatus status = SingleField.Find(head, bytes, "idempotency-key"u8, out Slice value);
        if (status != FieldStatus.Ok)
            return status;
        ReadOnlySpan<byte> text = value.In(bytes);
        bool quoted = text.Length >= 2 && text[0] == Quote && text[^1] == Quote;
        Slice candidate = quoted ? new Slice(value.Start + 1, value.Length - 2) : value;
        if (!IsValid(candidate.In(bytes)) || (!quoted && text.ContainsAny((byte)',', (byte)';')))
            return FieldStatus.Invalid;
        key = candidate;
        return FieldStatus.Ok;
    }
}
