namespace Keker.Protocol.Proxy;

/// <summary>
/// The addresses that proxies have noted in a field, from the last to the first: the elements of <c>X-Forwarded-For</c>, or what <c>for=</c> says in those of <c>Forwarded</c>
/// (RFC 7239). The last one was written by whoever sent the request, each other one by nobody who is known to be honest unless all behind it are.
/// </summary>
public ref struct ForwardedList
{
    private readonly bool _hasParameters;
    private ReadOnlySpan<byte> _rest;
    private bool _isOver;

    private ForwardedList(ReadOnlySpan<byte> value, bool hasParameters)
    {
        _rest = value;
        _hasParameters = hasParameters;
    }

    /// <summary>The elements of a value of <c>X-Forwarded-For</c>.</summary>
    public static ForwardedList OfXForwardedFor(ReadOnlySpan<byte> value) => new(value, hasParameters: false);

    /// <summary>The elements of a value of <c>Forwarded</c>.</summary>
    public static ForwardedList OfForwarded(ReadOnlySpan<byte> value) => new(value, hasParameters: true);

    /// <summary>Goes to the element before.</summary>
    /// <param name="address">Gets its address; at least 16 bytes.</param>
    /// <param name="length">4 or 16; 0 where the element tells no address (<c>unknown</c>, a name that hides it, a mistake).</param>
    /// <returns>False when there is none.</returns>
    public bool TryReadLast(scoped Span<byte> address, out int length)
    {
        length = 0;
        if (_isOver)
            return false;
        int comma = LastComma(_rest);
        ReadOnlySpan<byte> element = Trim(_rest[(comma + 1)..]);
        _isOver = comma < 0;
        _rest = _rest[..Math.Max(0, comma)];
        length = IpOf(_hasParameters ? NodeOf(element) : element, address);
        return true;
    }

    /// <summary>A comma inside a quoted string separates nothing. Where quotes do not match, nothing can be told: all of it is one element, which is none.</summary>
    private readonly int LastComma(ReadOnlySpan<byte> value)
    {
        int last = -1;
        bool isQuoted = false;
        for (int i = 0; i < value.Length; i++)
        {
            if (!_hasParameters || !isQuoted)
                last = value[i] == (byte)',' ? i : last;
            if (value[i] == (byte)'"' && _hasParameters)
                isQuoted = !isQuoted;
            else if (value[i] == (byte)'\\' && isQuoted)
                i++;
        }
        return isQuoted ? -1 : last;
    }

    /// <summary>What <c>for=</c> says, without quotes; nothing where it is not there, or twice.</summary>
    private static ReadOnlySpan<byte> NodeOf(ReadOnlySpan<byte> element)
    {
        ReadOnlySpan<byte> node = default;
        bool isFound = false;
        while (!element.IsEmpty)
        {
            int end = EndOfPair(element);
            ReadOnlySpan<byte> pair = Trim(element[..end]);
            element = element[Math.Min(element.Length, end + 1)..];
            if (pair.Length < 4 || !System.Text.Ascii.EqualsIgnoreCase(pair[..4], "for="u8))
                continue;
            if (isFound)
                return default;
            isFound = true;
            node = pair[4..];
        }
        if (node.Length >= 2 && node[0] == (byte)'"' && node[^1] == (byte)'"')
            node = node[1..^1];
        return node;
    }

    private static int EndOfPair(ReadOnlySpan<byte> element)
    {
        bool isQuoted = false;
        for (int i = 0; i < element.Length; i++)
        {
            if (element[i] == (byte)'"')
                isQuoted = !isQuoted;
            else if (element[i] == (byte)'\\' && isQuoted)
                i++;
            else if (element[i] == (byte)';' && !isQuoted)
                return i;
        }
        return element.Length;
    }

    /// <summary>An address with or without a port: <c>192.0.2.1</c>, <c>192.0.2.1:80</c>, <c>[2001:db8::1]</c>, <c>[2001:db8::1]:80</c>, <c>2001:db8::1</c>.</summary>
    private static int IpOf(ReadOnlySpan<byte> node, Span<byte> address)
    {
        if (node.Length > 0 && node[0] == (byte)'[')
        {
            int end = node.IndexOf((byte)']');
            bool isPort = end > 0 && (end == node.Length - 1 || node[end + 1] == (byte)':');
            return isPort && IpText.Read(node[1..end], address) is 16 and var length ? length : 0;
        }
        int colon = node.IndexOf((byte)':');
        if (colon >= 0 && colon == node.LastIndexOf((byte)':'))
            node = node[..colon];
        return IpText.Read(node, address);
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);
}
