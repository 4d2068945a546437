using System.Runtime.CompilerServices;

namespace Keker.Server.Inspection;

/// <summary>The samples of the last hour, one a second: 64 bytes each. Thread-safe; its lock is an innermost one.</summary>
internal sealed class SampleRing
{
    /// <summary>Samples that are kept: those of an hour.</summary>
    public const int Length = 3600;

    private readonly Lock _lock = new();
    private readonly Sample[] _samples = new Sample[Length];
    private int _first;
    private int _count;

    /// <summary>Bytes that it takes, whatever is in it.</summary>
    public static int Bytes => Length * Unsafe.SizeOf<Sample>();

    /// <summary>Adds the sample of a second, in place of the oldest where there is no room; nothing where there is one of that second or of a later one.</summary>
    public void Add(in Sample sample)
    {
        lock (_lock)
        {
            if (_count > 0 && this[_count - 1].Time >= sample.Time)
                return;
            if (_count < Length)
                _count++;
            else
                _first = (_first + 1) % Length;
            this[_count - 1] = sample;
        }
    }

    /// <summary>The oldest samples after a time.</summary>
    /// <param name="after">Seconds since 1970.</param>
    /// <param name="samples">Gets them.</param>
    /// <returns>How many; 0 when there are none.</returns>
    public int Read(long after, Span<Sample> samples)
    {
        lock (_lock)
        {
            int from = FirstAfter(after);
            int read = Math.Min(samples.Length, _count - from);
            for (int i = 0; i < read; i++)
                samples[i] = this[from + i];
            return read;
        }
    }

    private ref Sample this[int index] => ref _samples[(_first + index) % Length];

    private int FirstAfter(long time)
    {
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (this[middle].Time <= time)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
