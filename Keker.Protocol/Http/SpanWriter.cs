namespace Keker.Protocol.Http;

/// <summary>Appends bytes and numbers to a span that its owner has made large enough.</summary>
internal ref struct SpanWriter(Span<byte> destination)
{
    /// <summary>Digits of the largest <see cref="long"/>.</summary>
    public const int MaxNumberLength = 19;

    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What is left of the destination.</summary>
    public readonly Span<byte> Free => _destination[Length..];

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Free);
        Length += bytes.Length;
    }

    /// <param name="number">0 or more.</param>
    public void Append(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        number.TryFormat(Free, out int written);
        Length += written;
    }

    /// <summary>Counts bytes that were put into <see cref="Free"/> directly.</summary>
    public void Advance(int count) => Length += count;
}
