namespace Keker.Protocol.Http;

/// <summary>A piece of a request head, by offset, so that nothing is copied and a moved buffer stays readable.</summary>
/// <param name="Start">Offset in bytes from the first byte of the head.</param>
/// <param name="Length">Length in bytes.</param>
public readonly record struct Slice(int Start, int Length)
{
    /// <summary>The bytes of this piece.</summary>
    /// <param name="head">The bytes that were parsed, from the first byte of the head on.</param>
    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> head) => head.Slice(Start, Length);
}
