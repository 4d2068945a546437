namespace Keker.Protocol.Commands;

/// <summary>
/// Puts the parts of a server line of <c>keker.v2</c> one behind the other. A destination that is too short is a bug of the caller and throws.
/// </summary>
internal ref struct LineWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public void Append(scoped ReadOnlySpan<byte> text)
    {
        text.CopyTo(_destination[Length..]);
        Length += text.Length;
    }

    public void Append(MessageId id) => Length += id.Write(_destination[Length..]);

    public void AppendHex(ulong number) => Length += MessageId.WriteHex(_destination[Length..], number);

    public void AppendSpace() => _destination[Length++] = (byte)' ';

    public void AppendLineFeed() => _destination[Length++] = (byte)'\n';
}
