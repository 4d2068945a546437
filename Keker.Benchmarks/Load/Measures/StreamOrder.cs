namespace Keker.Benchmarks.Load.Measures;

/// <summary>Whether the numbered messages of one publisher to one subscriber come once each and in order. Not thread-safe; a mutable struct.</summary>
internal struct StreamOrder
{
    private const int Remembered = 64;

    private uint _next;
    private int _missing;

    /// <summary>Bit i: the number i below the highest one has come.</summary>
    private ulong _seen;

    /// <summary>Judges the message with this number. What comes more than 63 behind the highest counts as a duplicate.</summary>
    public Arrival Saw(uint number)
    {
        if (number >= _next)
        {
            uint skipped = number - _next;
            _missing += (int)skipped;
            _seen = skipped + 1 >= Remembered ? 1 : _seen << (int)(skipped + 1) | 1;
            _next = number + 1;
            return Arrival.Ahead;
        }
        uint behind = _next - 1 - number;
        if (behind >= Remembered || (_seen >> (int)behind & 1) != 0)
            return Arrival.Duplicate;
        _seen |= 1UL << (int)behind;
        _missing--;
        return Arrival.OutOfOrder;
    }

    /// <summary>How many of the first <paramref name="published"/> messages have not come.</summary>
    public readonly long Lost(long published) => _missing + Math.Max(0, published - _next);
}
