using System.Numerics;

namespace Keker.Server.Observability;

/// <summary>A number that only grows, or a level that goes up and down. Thread-safe.</summary>
/// <remarks>Each processor counts in a cell of its own, so that loops which count the same thing do not fetch one cache line from each other for every message.</remarks>
internal sealed class Counter
{
    /// <summary>Numbers from one cell to the next: two cache lines, because processors fetch lines in pairs.</summary>
    private const int Stride = 16;

    /// <summary>With more processors than that, some share a cell.</summary>
    private const int MostCells = 16;

    private static readonly int Cells = (int)Math.Min(MostCells, BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    /// <summary>The first stretch stays empty: it shares its line with the head of the array.</summary>
    private readonly long[] _cells = new long[(Cells + 1) * Stride];

    /// <summary>The sum. While others count, it is of no single moment.</summary>
    public long Value
    {
        get
        {
            long sum = 0;
            for (int cell = Stride; cell < _cells.Length; cell += Stride)
                sum += Volatile.Read(ref _cells[cell]);
            return sum;
        }
    }

    private ref long Cell => ref _cells[((Thread.GetCurrentProcessorId() & (Cells - 1)) + 1) * Stride];

    public void Add(long amount) => Interlocked.Add(ref Cell, amount);

    public void Increment() => Interlocked.Increment(ref Cell);

    public void Decrement() => Interlocked.Decrement(ref Cell);
}
