using System.Buffers;
using System.Buffers.Binary;

namespace Keker.Protocol.Deflate;

/// <summary>
/// The bits of a deflated message, least significant first (RFC 1951, section 3.1.1), over the segments of a sequence. Reading past the end
/// gives zeros and is noticed afterwards by <see cref="Overrun"/>, so that a decoder checks once for each group of reads.
/// </summary>
internal ref struct InflateBits
{
    /// <summary>Bits that <see cref="Refill"/> makes ready, unless the input ends before.</summary>
    public const int AfterRefill = 56;

    private readonly ReadOnlySequence<byte> _input;
    private SequencePosition _next;
    private ReadOnlySpan<byte> _segment;
    private int _at;

    // Above the bits that count there may be more of the next byte's: or-ing that byte in again changes nothing.
    private ulong _bits;
    private int _count;

    public InflateBits(in ReadOnlySequence<byte> input)
    {
        _input = input;
        _next = input.Start;
        NextSegment();
    }

    /// <summary>Whether more bits were taken than there were.</summary>
    public readonly bool Overrun => _count < 0;

    /// <summary>Whether no whole byte is left. Only at a byte boundary.</summary>
    public bool AtEnd => _count == 0 && _at == _segment.Length && !NextSegment();

    /// <summary>Makes <see cref="AfterRefill"/> bits ready, or all that are left.</summary>
    public void Refill()
    {
        if (_segment.Length - _at < sizeof(ulong))
        {
            RefillByBytes();
            return;
        }

        _bits |= BinaryPrimitives.ReadUInt64LittleEndian(_segment[_at..]) << _count;
        _at += (63 - _count) >> 3;
        _count |= AfterRefill;
    }

    /// <summary>The next 32 bits without taking them.</summary>
    public readonly uint Peek() => (uint)_bits;

    /// <summary>Takes bits that were looked at.</summary>
    public void Drop(int count)
    {
        _bits >>= count;
        _count -= count;
    }

    /// <summary>Takes up to 16 bits as a number.</summary>
    public int Take(int count)
    {
        int value = (int)((uint)_bits & ((1u << count) - 1));
        Drop(count);
        return value;
    }

    /// <summary>Goes to the next byte boundary (RFC 1951, section 3.2.4).</summary>
    public void Align() => Drop(_count & 7);

    /// <summary>Takes whole bytes; false if there are not enough. Only at a byte boundary.</summary>
    public bool TryTakeBytes(Span<byte> destination)
    {
        for (; !destination.IsEmpty && _count != 0; destination = destination[1..])
            destination[0] = (byte)Take(8);
        if (destination.IsEmpty)
            return true;

        _bits = 0;
        while (!destination.IsEmpty)
        {
            if (_at == _segment.Length && !NextSegment())
                return false;
            int length = Math.Min(destination.Length, _segment.Length - _at);
            _segment.Slice(_at, length).CopyTo(destination);
            destination = destination[length..];
            _at += length;
        }

        return true;
    }

    private void RefillByBytes()
    {
        while (_count < AfterRefill && (_at < _segment.Length || NextSegment()))
        {
            _bits |= (ulong)_segment[_at++] << _count;
            _count += 8;
        }
    }

    private bool NextSegment()
    {
        while (_input.TryGet(ref _next, out ReadOnlyMemory<byte> memory))
        {
            if (memory.IsEmpty)
                continue;
            _segment = memory.Span;
            _at = 0;
            return true;
        }

        return false;
    }
}
