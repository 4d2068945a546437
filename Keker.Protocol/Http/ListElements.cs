namespace Keker.Protocol.Http;

/// <summary>
/// Walks a comma-separated list value (RFC 9110, section 5.6.1), each element trimmed of SP and HTAB. Empty elements are given too:
/// whether they are legal is the caller's rule. Linear in the value; quoted strings are not understood.
/// </summary>
internal ref struct ListElements(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> _rest = value;
    private bool _done;

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly ListElements GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_done)
            return false;
        int comma = _rest.IndexOf((byte)',');
        _done = comma < 0;
        Current = HttpGrammar.TrimOws(_done ? _rest : _rest[..comma]);
        if (!_done)
            _rest = _rest[(comma + 1)..];
        return true;
    }
}
