namespace Keker.Protocol.Http;

/// <summary>Enumerates the values of all pairs of one key in a query, not decoded. Get it from <see cref="QueryString.ValuesOf"/>.</summary>
public ref struct QueryValues
{
    private readonly ReadOnlySpan<byte> _key;
    private ReadOnlySpan<byte> _rest;
    private bool _isOver;

    internal QueryValues(ReadOnlySpan<byte> query, ReadOnlySpan<byte> key)
    {
        _key = key;
        _rest = query;
    }

    /// <summary>The value at which the enumeration stands; empty without an equals sign.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Makes the type usable in <c>foreach</c>.</summary>
    public readonly QueryValues GetEnumerator() => this;

    /// <summary>Goes to the next value; false when there is none.</summary>
    public bool MoveNext()
    {
        // An empty rest is a pair, too: of an empty key.
        while (!_isOver)
        {
            int end = _rest.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            _isOver = end < 0;
            int equals = pair.IndexOf((byte)'=');
            if (!(equals < 0 ? pair : pair[..equals]).SequenceEqual(_key))
                continue;
            Current = equals < 0 ? default : pair[(equals + 1)..];
            return true;
        }
        return false;
    }
}
