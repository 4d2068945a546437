namespace Keker.Protocol.Http;

/// <summary>
/// Splits a field value at a separator that stands outside quoted strings (RFC 9110, section 5.6.4), each element trimmed of SP and HTAB.
/// Empty elements are given too. A quoted string that does not end reaches to the end of the value. Linear in the value.
/// </summary>
internal ref struct QuotedElements(ReadOnlySpan<byte> value, byte separator)
{
    private readonly byte _separator = separator;
    private ReadOnlySpan<byte> _rest = value;
    private bool _done;

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly QuotedElements GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_done)
            return false;
        int end = IndexOfSeparator();
        _done = end == _rest.Length;
        Current = HttpGrammar.TrimOws(_rest[..end]);
        if (!_done)
            _rest = _rest[(end + 1)..];
        return true;
    }

    private readonly int IndexOfSeparator()
    {
        bool quoted = false;
        for (int i = 0; i < _rest.Length; i++)
        {
            byte next = _rest[i];
            if (next == (byte)'"')
                quoted = !quoted;
            else if (quoted && next == (byte)'\\')
                i++;
            else if (!quoted && next == _separator)
                return i;
        }
        return _rest.Length;
    }
}
