using Keker.Protocol.Http;

namespace Keker.Protocol.Deflate;

/// <summary>
/// Takes the value of one Sec-WebSocket-Extensions line apart (RFC 6455, section 9.1), with the white space that may stand around each part.
/// Every byte is looked at a fixed number of times.
/// </summary>
internal ref struct ExtensionScanner(ReadOnlySpan<byte> line)
{
    private ReadOnlySpan<byte> _rest = HttpGrammar.TrimOws(line);

    /// <summary>Whether everything was taken.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Whether a list element that begins here would be empty.</summary>
    public readonly bool AtEmptyElement => _rest.IsEmpty || _rest[0] == (byte)',';

    /// <summary>Takes this one byte if it comes next.</summary>
    public bool TryTake(byte separator)
    {
        if (_rest.IsEmpty || _rest[0] != separator)
            return false;
        Advance(1);
        return true;
    }

    /// <summary>Takes a token; false if none comes next.</summary>
    public bool TryTakeToken(out ReadOnlySpan<byte> token)
    {
        int length = _rest.IndexOfAnyExcept(HttpGrammar.TokenBytes);
        token = length < 0 ? _rest : _rest[..length];
        Advance(token.Length);
        return !token.IsEmpty;
    }

    /// <summary>
    /// Takes the value of a parameter: a token, or a quoted string that has a token in it. False if neither comes next.
    /// </summary>
    /// <param name="destination">Gets the value without quotes and escapes, as much of it as fits.</param>
    /// <param name="length">Length of the whole value in bytes.</param>
    public bool TryTakeValue(scoped Span<byte> destination, out int length)
    {
        if (!_rest.IsEmpty && _rest[0] == (byte)'"')
            return TryTakeQuoted(destination, out length);

        bool any = TryTakeToken(out ReadOnlySpan<byte> token);
        length = token.Length;
        token[..Math.Min(length, destination.Length)].CopyTo(destination);
        return any;
    }

    private bool TryTakeQuoted(scoped Span<byte> destination, out int length)
    {
        length = 0;
        for (int i = 1; i < _rest.Length; i++)
        {
            if (_rest[i] == (byte)'"')
            {
                Advance(i + 1);
                return length > 0;
            }
            if (_rest[i] == (byte)'\\' && ++i == _rest.Length)
                return false;
            if (!HttpGrammar.TokenBytes.Contains(_rest[i]))
                return false;
            if (length < destination.Length)
                destination[length] = _rest[i];
            length++;
        }

        return false;
    }

    private void Advance(int count)
    {
        _rest = _rest[count..];
        while (!_rest.IsEmpty && HttpGrammar.IsOws(_rest[0]))
            _rest = _rest[1..];
    }
}
