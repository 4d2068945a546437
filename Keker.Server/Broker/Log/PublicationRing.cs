using System.Diagnostics.CodeAnalysis;
using Keker.Server.Broker.FanOut;

namespace Keker.Server.Broker.Log;

/// <summary>
/// The publications of one topic by offset, from <see cref="Tail"/> up to, not including, <see cref="Head"/>. Some may have been taken out: a run of
/// empty places costs nothing.
/// </summary>
/// <remarks>
/// A ring that doubles while it is full and is given back once it is empty and large. Offsets and positions only grow.
/// Not thread-safe: the topic's lock guards it; <see cref="Head"/> and <see cref="Tail"/> may be read without it as a hint.
/// </remarks>
internal sealed class PublicationRing
{
    private const int SmallestRing = 2;
    private const int LargestKeptRing = 64;

    private LogSlot[] _ring = [];
    private int _first;
    private int _count;
    private int _empty;
    private long _lostAtEnd;
    private long _head;
    private long _tail;
    private long _lostBeforeTail;

    /// <summary>Offset that the next publication will get.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>From this offset on all is here, but for what was taken out of the middle: whoever has all before it misses nothing there.</summary>
    public long Tail => Volatile.Read(ref _tail);

    /// <summary>The offset after the last one before <see cref="Tail"/> whose publisher did not say how long it is good for.</summary>
    public long LostBeforeTail => _lostBeforeTail;

    /// <summary>Sum of the costs of all publications ever appended, in bytes.</summary>
    public long HeadPosition { get; private set; }

    /// <summary>Sum of the costs of the publications held, in bytes.</summary>
    public long Bytes { get; private set; }

    public bool IsEmpty => _count == 0;

    /// <summary>Publications held.</summary>
    public int Count => _count - _empty;

    private ref LogSlot this[int index] => ref _ring[(_first + index) & (_ring.Length - 1)];

    /// <summary>Appends and returns the offset that the publication got.</summary>
    public long Append(Publication publication) => Append(publication, _head, lostBefore: 0);

    /// <summary>Appends at an offset that the publication has already.</summary>
    /// <param name="publication">The publication.</param>
    /// <param name="offset">Its offset, not before <see cref="Head"/>. What is between is missing.</param>
    /// <param name="lostBefore">Before this offset somebody may miss what is missing.</param>
    /// <returns>The offset.</returns>
    public long Append(Publication publication, long offset, long lostBefore)
    {
        if (_count == _ring.Length)
            MakeRoom();
        this[_count++] = new LogSlot { Offset = offset, LostBefore = Math.Max(_lostAtEnd, lostBefore), Publication = publication };
        _lostAtEnd = 0;
        HeadPosition += publication.Cost;
        Bytes += publication.Cost;
        Volatile.Write(ref _head, offset + 1);
        return offset;
    }

    /// <summary>Takes a publication out that is here.</summary>
    /// <param name="offset">Its offset.</param>
    /// <param name="isLost">True where somebody may miss it; false where its publisher wants it gone.</param>
    /// <returns>Bytes let go.</returns>
    public long Remove(long offset, bool isLost)
    {
        int index = IndexFrom(offset);
        ref LogSlot slot = ref this[index];
        long cost = slot.Publication!.Cost;
        slot.Publication = null;
        if (isLost)
            slot.LostBefore = offset + 1;
        Bytes -= cost;
        _empty++;
        DropEmptyFirst();
        DropEmptyLast();
        return cost;
    }

    /// <summary>The first publication at an offset or after it.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryNext(ref long offset, [NotNullWhen(true)] out Publication? publication) => TryNext(ref offset, out publication, out _);

    /// <summary>The same, with the offset before which somebody may miss what is missing before it.</summary>
    public bool TryNext(ref long offset, [NotNullWhen(true)] out Publication? publication, out long lostBefore)
    {
        publication = null;
        lostBefore = 0;
        for (int index = IndexFrom(offset); index < _count && publication is null; index++)
        {
            publication = this[index].Publication;
            offset = this[index].Offset;
            lostBefore = Math.Max(lostBefore, this[index].LostBefore);
        }
        return publication is not null;
    }

    /// <summary>References to the publications from an offset on that follow one another, as many as fit the batch.</summary>
    /// <param name="offset">Where the batch is to go on; not before <see cref="Tail"/>. It begins with the first that is here.</param>
    /// <param name="end">Where it ends at the latest; what is missing is stepped over whole.</param>
    /// <param name="batch">Gets them, and learns what is missing before the first.</param>
    public void Read(long offset, long end, Batch batch)
    {
        int index = IndexFrom(offset);
        long lost = 0;
        for (; index < _count && this[index].Publication is null; index++)
            lost = Math.Max(lost, this[index].LostBefore);
        lost = Math.Max(lost, index < _count ? this[index].LostBefore : _lostAtEnd);
        long next = index < _count ? this[index].Offset : _head;
        batch.StepTo(next, lost);
        for (; next < end && index < _count && this[index].Offset == next && this[index].Publication is { } publication; index++, next++)
        {
            if (!batch.TryAdd(publication))
                break;
        }
    }

    /// <summary>Drops everything before an offset.</summary>
    /// <returns>Bytes let go.</returns>
    public long TrimTo(long offset) => TrimTo(offset, mostBytes: -1);

    /// <summary>Drops the oldest publications before an offset as long as more than so many bytes are held.</summary>
    /// <returns>Bytes let go.</returns>
    public long TrimTo(long offset, long mostBytes)
    {
        long before = Bytes;
        while (_count > 0 && this[0].Offset < offset && Bytes > mostBytes)
            DropFirst();
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
        while (Bytes > bytes && _count - _empty > 1 && (Bytes > atMostBytes || this[0].Publication!.AcceptedAt <= acceptedUntil))
            DropFirst();
        return before - Bytes;
    }

    /// <summary>The index of the first place at an offset or after it.</summary>
    private int IndexFrom(long offset)
    {
        if (_count == 0 || offset <= this[0].Offset)
            return 0;
        if (offset >= _head)
            return _count;

        // Nearly always nothing was taken out.
        if (_head - this[0].Offset == _count)
            return (int)(offset - this[0].Offset);
        int low = 1;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (this[middle].Offset < offset)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private void DropFirst()
    {
        Bytes -= this[0].Publication!.Cost;
        Volatile.Write(ref _tail, this[0].Offset + 1);
        if (!this[0].Publication!.HasOwnTime)
            _lostBeforeTail = _tail;
        this[0].Publication = null;
        _empty++;
        DropEmptyFirst();
    }

    /// <summary>The first place is never empty, and the tail is behind all that is lost before it.</summary>
    private void DropEmptyFirst()
    {
        long lost = 0;
        while (_count > 0 && this[0].Publication is null)
        {
            lost = Math.Max(lost, this[0].LostBefore);
            _first = (_first + 1) & (_ring.Length - 1);
            _count--;
            _empty--;
        }
        lost = Math.Max(lost, _count > 0 ? this[0].LostBefore : _lostAtEnd);
        _lostBeforeTail = Math.Max(_lostBeforeTail, lost);
        Volatile.Write(ref _tail, Math.Max(_tail, lost));
    }

    /// <summary>Nor is the last one.</summary>
    private void DropEmptyLast()
    {
        while (_count > 0 && this[_count - 1].Publication is null)
        {
            _lostAtEnd = Math.Max(_lostAtEnd, this[--_count].LostBefore);
            _empty--;
        }
    }

    private void ReleaseWhenEmpty()
    {
        if (IsEmpty && _ring.Length > LargestKeptRing)
            _ring = [];
    }

    /// <summary>Closes the gaps where they are many; otherwise the ring doubles.</summary>
    private void MakeRoom()
    {
        var ring = new LogSlot[_empty > _count / 2 ? _ring.Length : Math.Max(SmallestRing, _ring.Length * 2)];
        int count = 0;
        long lost = 0;
        for (int index = 0; index < _count; index++)
        {
            LogSlot slot = this[index];
            lost = Math.Max(lost, slot.LostBefore);
            if (slot.Publication is null)
                continue;
            ring[count++] = slot with { LostBefore = lost };
            lost = 0;
        }
        (_ring, _first, _count, _empty) = (ring, 0, count, 0);
    }
}
