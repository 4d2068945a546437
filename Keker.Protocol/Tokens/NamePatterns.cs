using System.Buffers.Binary;
using Keker.Protocol.Commands;

namespace Keker.Protocol.Tokens;

/// <summary>
/// Names and patterns of names, and whether a name is among them: <c>news</c> is itself, <c>match-*</c> all that begins with <c>match-</c>. Immutable, thread-safe.
/// </summary>
/// <remarks>One array, since every session of a client may have its own: for each a length with <see cref="PrefixBit"/>, then its bytes.</remarks>
public sealed class NamePatterns
{
    private const int PrefixBit = 0x8000;
    private const byte Wildcard = (byte)'*';

    private readonly byte[] _packed;

    /// <param name="patterns">Valid patterns.</param>
    /// <param name="names">Names that stand for themselves, whatever they hold.</param>
    public NamePatterns(IReadOnlyCollection<byte[]> patterns, IReadOnlyCollection<byte[]> names)
    {
        _packed = new byte[patterns.Sum(pattern => sizeof(ushort) + LengthOf(pattern)) + names.Sum(name => sizeof(ushort) + name.Length)];
        Span<byte> rest = _packed;
        foreach (byte[] pattern in patterns)
            Append(ref rest, pattern.AsSpan(0, LengthOf(pattern)), LengthOf(pattern) < pattern.Length);
        foreach (byte[] name in names)
            Append(ref rest, name, isPrefix: false);
    }

    /// <summary>Matches nothing.</summary>
    public static NamePatterns None { get; } = new([], []);

    /// <summary>Bytes of memory that it keeps.</summary>
    public int HeldBytes => _packed.Length;

    /// <summary>Whether these bytes are a pattern: a word as <see cref="AuthInfo"/> has it, with no <c>*</c> but at its end.</summary>
    public static bool IsValid(ReadOnlySpan<byte> pattern) => AuthInfo.IsValid(pattern) && !pattern[..^1].Contains(Wildcard);

    /// <summary>Whether a name is one of the names, or one of the patterns matches it. Looks at all of them.</summary>
    public bool Matches(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> rest = _packed;
        while (!rest.IsEmpty)
        {
            int head = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            int length = head & ~PrefixBit;
            ReadOnlySpan<byte> one = rest.Slice(sizeof(ushort), length);
            if ((head & PrefixBit) != 0 ? name.StartsWith(one) : name.SequenceEqual(one))
                return true;
            rest = rest[(sizeof(ushort) + length)..];
        }
        return false;
    }

    private static int LengthOf(byte[] pattern) => pattern[^1] == Wildcard ? pattern.Length - 1 : pattern.Length;

    private static void Append(ref Span<byte> rest, ReadOnlySpan<byte> bytes, bool isPrefix)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(rest, (ushort)(bytes.Length | (isPrefix ? PrefixBit : 0)));
        bytes.CopyTo(rest[sizeof(ushort)..]);
        rest = rest[(sizeof(ushort) + bytes.Length)..];
    }
}
