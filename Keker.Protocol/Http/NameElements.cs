namespace Keker.Protocol.Http;

/// <summary>
/// Walks the names in one field line: a list that HTTP clients make of repeated lines (RFC 9110, section 5.3), joined by a comma and a space.
/// So a comma separates where SP or HTAB follows it; any other one belongs to its name. Empty elements are left out (RFC 9110, section 5.6.1).
/// Linear in the value, allocates nothing.
/// </summary>
/// <param name="value">The value of the line, without white space around it.</param>
public ref struct NameElements(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> _rest = value;

    /// <summary>The name at which the enumeration stands: one byte at least, and no white space around it.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Makes the type usable in <c>foreach</c>.</summary>
    public readonly NameElements GetEnumerator() => this;

    /// <summary>Goes to the next name; false when there is none.</summary>
    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            int end = IndexOfSeparator();
            Current = HttpGrammar.TrimOws(_rest[..end]);
            _rest = end == _rest.Length ? default : _rest[(end + 1)..];
            if (!Current.IsEmpty)
                return true;
        }
        return false;
    }

    private readonly int IndexOfSeparator()
    {
        int end = 0;
        while (_rest[end..].IndexOf((byte)',') is var next and >= 0)
        {
            end += next;
            if (end + 1 < _rest.Length && HttpGrammar.IsOws(_rest[end + 1]))
                return end;
            end++;
        }
        return _rest.Length;
    }
}
