using System.Numerics;

namespace Keker.Server.Net;

/// <summary>
/// Arrays for what has arrived and is not finished. Each counts in the budget from rent to return; what lies idle here is bounded, and is given
/// back to the system when it is quiet.
/// </summary>
/// <param name="budget">Asked before an array is made.</param>
/// <remarks>Thread-safe. Arrays are not cleared. An array has one owner, who returns it once.</remarks>
internal sealed class InputBuffers(UnfinishedBudget budget)
{
    private const int SmallestShift = 8;
    private const int LargestShift = 20;

    /// <summary>Idle bytes of one size: a burst of bulk senders finds its arrays again.</summary>
    private const int MostIdleOfASize = 2 << 20;

    private readonly Stack<byte[]>[] _idle = [.. Enumerable.Range(SmallestShift, LargestShift - SmallestShift + 1).Select(_ => new Stack<byte[]>())];

    /// <summary>The smallest array there is, in bytes.</summary>
    public const int Smallest = 1 << SmallestShift;

    /// <summary>Where nothing is counted against anything: tests.</summary>
    public static InputBuffers Unbounded { get; } = new(new UnfinishedBudget(long.MaxValue));

    public UnfinishedBudget Budget { get; } = budget;

    /// <summary>An array, if there is room for it.</summary>
    /// <param name="size">Bytes that it must have, 1 or more. It may have up to twice as many, but where memory is short.</param>
    /// <returns>Null when there is no room in the budget, or no such array to be had.</returns>
    public byte[]? TryRent(int size)
    {
        int length = LengthFor(size);
        if (!Budget.TryTake(length))
            return null;
        try
        {
            return TakeIdle(length) ?? GC.AllocateUninitializedArray<byte>(length);
        }
        catch (OutOfMemoryException)
        {
            Budget.Give(length);
            return null;
        }
    }

    /// <summary>An array for less than the time of one read, whatever room there is.</summary>
    /// <param name="size">Bytes that it must have, 1 or more.</param>
    public byte[] Rent(int size)
    {
        int length = LengthFor(size);
        byte[] array = TakeIdle(length) ?? GC.AllocateUninitializedArray<byte>(length);
        Budget.Take(length);
        return array;
    }

    /// <summary>Takes an array back.</summary>
    public void Return(byte[] array)
    {
        int length = array.Length;
        if (IdleOf(length) is { } idle)
        {
            lock (idle)
            {
                if ((long)idle.Count * length < MostIdleOfASize)
                    idle.Push(array);
            }
        }
        Budget.Give(length);
    }

    /// <summary>Lets go of everything that lies idle.</summary>
    public void Trim()
    {
        foreach (Stack<byte[]> idle in _idle)
        {
            lock (idle)
            {
                idle.Clear();
                idle.TrimExcess();
            }
        }
    }

    private int LengthFor(int size) =>
        size <= 1 << LargestShift && !(Budget.IsTight && size > Smallest) ? Math.Max(Smallest, (int)BitOperations.RoundUpToPowerOf2((uint)size)) : size;

    private byte[]? TakeIdle(int length)
    {
        if (IdleOf(length) is not { } idle)
            return null;
        lock (idle)
            return idle.TryPop(out byte[]? array) ? array : null;
    }

    private Stack<byte[]>? IdleOf(int length) =>
        BitOperations.IsPow2(length) && length is >= Smallest and <= 1 << LargestShift ? _idle[BitOperations.Log2((uint)length) - SmallestShift] : null;
}
