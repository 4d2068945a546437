namespace Keker.Server.Broker;

/// <summary>The publications of one topic by offset, from <see cref="Tail"/> up to, not including, <see cref="Head"/>.</summary>
/// <remarks>
/// A ring that doubles while it is full and is given back once it is empty and large. Offsets and positions only grow.
/// Not thread-safe: the topic's lock guards it; <see cref="Head"/> and <see cref="Tail"/> may be read without it as a hint.
/// </remarks>
internal sealed class MessageLog
{
    private const int SmallestRing = 4;
    private const int LargestKeptRing = 64;

    private Publication?[] _ring = [];
    private long _head;
    private long _tail;

    /// <summary>Offset that the next publication will get.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>Offset of the oldest publication still held; equal to <see cref="Head"/> when there is none.</summary>
    public long Tail => Volatile.Read(ref _tail);

    /// <summary>Sum of the costs of all publications ever appended, in bytes.</summary>
    public long HeadPosition { get; private set; }

    /// <summary>Sum of the costs of the publications held, in bytes.</summary>
    public long Bytes { get; private set; }

    public bool IsEmpty => _head == _tail;

    public Publication this[long offset] => _ring[offset & (_ring.Length - 1)]!;

    /// <summary>Appends and returns the offset that the publication got.</summary>
    public long Append(Publication publication)
    {
        if (_head - _tail == _ring.Length)
            Grow();
        _ring[_head & (_ring.Length - 1)] = publication;
        HeadPosition += publication.Cost;
        Bytes += publication.Cost;
        long offset = _head;
        Volatile.Write(ref _head, offset + 1);
        return offset;
    }

    /// <summary>Drops everything before an offset.</summary>
    /// <returns>Bytes let go.</returns>
    public long TrimTo(long offset)
    {
        long before = Bytes;
        while (_tail < offset && _tail < _head)
            DropOldest();
        ReleaseWhenEmpty();
        return before - Bytes;
    }

    /// <summary>Drops the oldest publications before an offset as long as more than so many bytes are held.</summary>
    /// <returns>Bytes let go.</returns>
    public long TrimTo(long offset, long mostBytes)
    {
        long before = Bytes;
        while (_tail < offset && Bytes > mostBytes)
            DropOldest();
        ReleaseWhenEmpty();
        return before - Bytes;
    }

    /// <summary>Drops the oldest publications until at most <paramref name="bytes"/> are held; the newest one always stays.</summary>
    /// <param name="bytes">The most to hold.</param>
    /// <param name="acceptedUntil">Younger ones stay, too.</param>
    /// <param name="atMostBytes">The most to hold of the younger ones.</param>
    /// <returns>Bytes let go.</returns>
    public long TrimToSize(long bytes, long acceptedUntil, long atMostBytes)
    {
        long before = Bytes;
        while (Bytes > bytes && _head - _tail > 1 && (Bytes > atMostBytes || this[_tail].AcceptedAt <= acceptedUntil))
            DropOldest();
        return before - Bytes;
    }

    private void DropOldest()
    {
        ref Publication? slot = ref _ring[_tail & (_ring.Length - 1)];
        Bytes -= slot!.Cost;
        slot = null;
        Volatile.Write(ref _tail, _tail + 1);
    }

    private void ReleaseWhenEmpty()
    {
        if (IsEmpty && _ring.Length > LargestKeptRing)
            _ring = [];
    }

    private void Grow()
    {
        var larger = new Publication?[Math.Max(SmallestRing, _ring.Length * 2)];
        for (long offset = _tail; offset < _head; offset++)
            larger[offset & (larger.Length - 1)] = this[offset];
        _ring = larger;
    }
}
