using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Keker.Server.Broker.Topics;

/// <summary>The subscriptions of one topic: joining and leaving are O(1), memory is segmented and never copied whole.</summary>
/// <remarks>
/// Most tokens have one session, whose place is in here; there are no segments then. With segments that place stands for the first of the first segment.
/// Not thread-safe: the topic's lock guards it. A flush pass reads a <see cref="MemberSnapshot"/> without the lock: slots within
/// the snapshot are only ever set to null while it is in use (a tombstone), because a swap could move a member that the pass has
/// not visited behind it. <see cref="Compact"/> fills the holes between passes. A mutable struct: keep it in a field.
/// </remarks>
internal struct MemberTable()
{
    /// <summary>Members a segment; the first one starts smaller and doubles up to this, so that a token with one session stays small.</summary>
    internal const int SegmentSize = 1024;

    private Subscription? _first;
    private Subscription?[][] _segments = [];
    private int _slots;
    private MemberNotes? _notes;

    /// <summary>Members present, tombstones not counted.</summary>
    public int Count { get; private set; }

    public void Add(Subscription member)
    {
        if (_slots > 0)
            EnsureRoom(_slots / SegmentSize, _slots % SegmentSize);
        Slot(_slots) = member;
        member.Index = _slots++;
        Count++;
    }

    /// <summary>Takes a member out.</summary>
    /// <param name="passRunning">True leaves a tombstone, false fills the hole at once.</param>
    public void Remove(Subscription member, bool passRunning)
    {
        Debug.Assert(Slot(member.Index) == member);
        Count--;
        if (!passRunning)
        {
            FillHole(member.Index);
            return;
        }
        Slot(member.Index) = null;
        (_notes ??= new MemberNotes()).Tombstones.Add(member.Index);
    }

    /// <summary>Fills the holes that were left during a pass. O(members that left).</summary>
    public void Compact()
    {
        if (_notes is null)
            return;

        // From the highest hole down, so that the last slot, which fills a hole, is never itself a hole that is still listed.
        List<int> tombstones = _notes.Tombstones;
        tombstones.Sort();
        for (int i = tombstones.Count - 1; i >= 0; i--)
            FillHole(tombstones[i]);
        tombstones.Clear();
        ForgetEmptyNotes();
    }

    /// <summary>A scan begins: it has all to visit that are there.</summary>
    public void Begin(MemberScan scan)
    {
        scan.Unvisited = _slots;
        (_notes ??= new MemberNotes()).Scans.Add(scan);
    }

    /// <summary>The next members of a scan, from the last slot to the first: who comes is put behind what is still to be visited.</summary>
    /// <returns>How many; 0 when all have been visited.</returns>
    public int Read(MemberScan scan, Span<Subscription?> members)
    {
        int count = 0;
        while (count < members.Length && scan.Unvisited > 0)
        {
            if (Slot(--scan.Unvisited) is { } member)
                members[count++] = member;
        }
        return count;
    }

    /// <summary>A scan ends; nothing when it has not begun.</summary>
    public void End(MemberScan scan)
    {
        _notes?.Scans.Remove(scan);
        ForgetEmptyNotes();
    }

    /// <summary>The member, where there is exactly one and no hole before it.</summary>
    public Subscription? Only => Count == 1 && _slots == 1 ? Slot(0) : null;

    /// <summary>Members, at most so many.</summary>
    public List<Subscription> First(int most)
    {
        MemberSnapshot members = Snapshot();
        var first = new List<Subscription>();
        for (int i = 0; i < members.Count && first.Count < most; i++)
        {
            if (members[i] is { } member)
                first.Add(member);
        }
        return first;
    }

    public readonly MemberSnapshot Snapshot() => new(_first, _segments, _slots);

    [UnscopedRef]
    private ref Subscription? Slot(int index)
    {
        if (index == 0)
            return ref _first;
        return ref _segments[index / SegmentSize][index % SegmentSize];
    }

    private void FillHole(int index)
    {
        // The last one may have been visited by a scan that has not been where the hole is. So the hole is moved up to where that scan stands first.
        while (_notes?.NextAfter(index) is { } scan)
        {
            Move(--scan.Unvisited, index);
            index = scan.Unvisited;
        }
        int last = --_slots;
        Move(last, index);
        Slot(last) = null;
        if (last == 1)
            _segments = [];
        else if (last > 0 && last % SegmentSize == 0)
            DropSegment(last / SegmentSize);
    }

    private void Move(int from, int to)
    {
        if (from == to)
            return;
        Subscription? member = Slot(from);
        Slot(to) = member;
        member!.Index = to;
    }

    private void ForgetEmptyNotes()
    {
        if (_notes is { Tombstones.Count: 0, Scans.Count: 0 })
            _notes = null;
    }

    private void DropSegment(int segment)
    {
        // Keep one spare segment, or a member that joins and leaves at the border would allocate each time.
        int spare = segment + 1;
        if (spare < _segments.Length)
            _segments[spare] = [];
    }

    private void EnsureRoom(int segment, int slot)
    {
        Subscription?[]? current = segment < _segments.Length ? _segments[segment] : null;
        if (current is not null && slot < current.Length)
            return;
        int size = segment > 0 ? SegmentSize : Math.Clamp((current?.Length ?? 0) * 2, 2, SegmentSize);
        var larger = new Subscription?[size];
        current?.CopyTo(larger, 0);

        // A pass may hold the spine: replace it together with the segment instead of changing what the pass reads.
        int spineLength = segment < _segments.Length ? _segments.Length : Math.Max(segment + 1, segment * 2);
        var spine = new Subscription?[spineLength][];
        _segments.CopyTo(spine, 0);
        spine[segment] = larger;
        _segments = spine;
    }
}
