using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Keker.Protocol.Http;

namespace Keker.Protocol.Json;

/// <summary>
/// The strings of one JSON text, decoded one behind the other into an array that is used again for the next text. Decoding never makes a
/// string longer, so that an array of the text's length always suffices. Not thread-safe.
/// </summary>
internal sealed class DecodedStrings
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>Bytes of the array.</summary>
    public int Capacity => _bytes.Length;

    /// <summary>The bytes of a piece, valid until <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> this[Slice piece] => piece.In(_bytes);

    /// <summary>Forgets all pieces, and makes room for a text.</summary>
    /// <param name="textLength">Bytes of the text.</param>
    public void Clear(int textLength)
    {
        _length = 0;
        if (_bytes.Length < textLength)
            _bytes = GC.AllocateUninitializedArray<byte>(textLength);
    }

    /// <summary>Copies a part of the text as it is.</summary>
    public Slice Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.AsSpan(_length));
        return Take(bytes.Length);
    }

    /// <summary>Decodes the string or member name at which the reader stands; false for any other value and for half a surrogate pair.</summary>
    public bool TryAdd(in Utf8JsonReader reader, out Slice piece)
    {
        piece = default;
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            return false;
        try
        {
            piece = Take(reader.CopyString(_bytes.AsSpan(_length)));
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Decodes the string at which the reader stands, and the base64 in it (RFC 4648, section 4; no white space, padding in full).</summary>
    public bool TryAddBase64(in Utf8JsonReader reader, out Slice piece)
    {
        if (!TryAdd(reader, out piece))
            return false;
        Span<byte> text = _bytes.AsSpan(piece.Start, piece.Length);
        if (text.ContainsAny(" \t\r\n"u8) || Base64.DecodeFromUtf8InPlace(text, out int decoded) != OperationStatus.Done)
            return false;
        piece = new Slice(piece.Start, decoded);
        return true;
    }

    private Slice Take(int count)
    {
        Slice piece = new(_length, count);
        _length += count;
        return piece;
    }
}
