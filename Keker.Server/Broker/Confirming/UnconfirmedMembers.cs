using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Confirming;

/// <summary>
/// Members of one token that have something unconfirmed, in the order in which they came to have it, and the lowest position that those up
/// to a place in that order have confirmed.
/// </summary>
/// <remarks>
/// Not thread-safe: the topic's lock guards it. Entering, leaving and the lowest position are O(log n); a whole crowd may enter and leave within a
/// second. Who confirms leaves, and enters again at the end.
/// </remarks>
internal sealed class UnconfirmedMembers
{
    private const int SmallestCapacity = 4;
    private const int LargestKeptCapacity = 1024;

    private Subscription?[] _members = new Subscription?[SmallestCapacity];
    private long[] _numbers = new long[SmallestCapacity];

    // A tree of minima over the places: the leaves are its second half, and the minimum of all is at 1.
    private long[] _lowest = NewTree(SmallestCapacity);
    private int _used;
    private int _silent;
    private int _waited;
    private int _asked;

    /// <summary>Members in here.</summary>
    public int Count { get; private set; }

    /// <summary>The number that the next one to enter gets; numbers only grow.</summary>
    public long Next { get; private set; }

    /// <summary>Adds a member that is not in here, with what it has confirmed by now.</summary>
    public void Add(Subscription member)
    {
        if (_used == _members.Length)
            Compact();
        _members[_used] = member;
        _numbers[_used] = Next++;
        member.UnconfirmedPlace = _used;
        SetLowest(_used++, member.Confirmed);
        Count++;
    }

    /// <summary>A member that is in here has got another start: what it has confirmed changes, and not its place.</summary>
    public void Update(Subscription member) => SetLowest(member.UnconfirmedPlace, member.Confirmed);

    /// <summary>Takes out a member that is in here.</summary>
    public void Remove(Subscription member)
    {
        int place = member.UnconfirmedPlace;
        member.UnconfirmedPlace = Subscription.NoPlace;
        _members[place] = null;
        SetLowest(place, long.MaxValue);
        if (--Count == 0)
            Clear();
    }

    /// <summary>The lowest position that those with a lower number have confirmed; after all there is when there is none.</summary>
    public long LowestBefore(long number)
    {
        long lowest = long.MaxValue;
        int left = _members.Length;
        for (int right = left + PlaceOf(number); left < right; left /= 2, right /= 2)
        {
            if (left % 2 == 1)
                lowest = Math.Min(lowest, _lowest[left++]);
            if (right % 2 == 1)
                lowest = Math.Min(lowest, _lowest[--right]);
        }
        return lowest;
    }

    /// <summary>Visits those with a lower number: of a few.</summary>
    public void ForEachBefore(long number, Action<Subscription> visit)
    {
        for (int place = 0; place < _used && _numbers[place] < number; place++)
        {
            if (_members[place] is { } member)
                visit(member);
        }
    }

    /// <summary>Nobody waits any more for those at the front that have left a ping unanswered for so long. Each is looked at once.</summary>
    /// <param name="since">Who was pinged at or before this time, in milliseconds of the clock, and has not answered, is silent.</param>
    public void NoteSilent(long since)
    {
        while (_silent < _used && (_members[_silent] is not { } member || member.Session.UnansweredSince <= since))
            _silent++;
        _waited = Math.Max(_waited, _silent);
    }

    /// <summary>Whether somebody with a lower number may yet answer.</summary>
    public bool IsAnyWaitedFor(long number)
    {
        while (_waited < _used && _members[_waited] is null)
            _waited++;
        return _waited < _used && _numbers[_waited] < number;
    }

    /// <summary>The sessions that have to be pinged, each once while it is in here.</summary>
    /// <param name="number">Only those with a lower number.</param>
    /// <param name="pingedBefore">Who was pinged after this time has its turn later, and so has who follows it.</param>
    /// <param name="sessions">Gets them; those that wait for an answer already are left out.</param>
    /// <param name="most">How many to take at the most.</param>
    public void TakeToAsk(long number, long pingedBefore, List<Session> sessions, int most)
    {
        for (; _asked < _used && _numbers[_asked] < number && sessions.Count < most; _asked++)
        {
            if (_members[_asked] is not { Session.UnansweredSince: null } member)
                continue;
            if (member.Session.PingedAt > pingedBefore)
                return;
            sessions.Add(member.Session);
        }
    }

    private static long[] NewTree(int capacity)
    {
        long[] tree = new long[2 * capacity];
        Array.Fill(tree, long.MaxValue);
        return tree;
    }

    private int PlaceOf(long number)
    {
        int place = Array.BinarySearch(_numbers, 0, _used, number);
        return place < 0 ? ~place : place;
    }

    private void SetLowest(int place, long position)
    {
        int node = _members.Length + place;
        _lowest[node] = position;
        for (node /= 2; node > 0; node /= 2)
        {
            long lowest = Math.Min(_lowest[2 * node], _lowest[2 * node + 1]);
            if (_lowest[node] == lowest)
                return;
            _lowest[node] = lowest;
        }
    }

    /// <summary>Closes the gaps; where few were left the room doubles.</summary>
    private void Compact()
    {
        (Subscription?[] members, long[] numbers) = (_members, _numbers);
        int used = _used;
        int capacity = Count > members.Length / 2 ? members.Length * 2 : members.Length;
        (_members, _numbers, _lowest) = (new Subscription?[capacity], new long[capacity], NewTree(capacity));
        (int silent, int waited, int asked) = (_silent, _waited, _asked);
        _used = 0;
        for (int place = 0; place <= used; place++)
        {
            if (place == silent)
                _silent = _used;
            if (place == waited)
                _waited = _used;
            if (place == asked)
                _asked = _used;
            if (place == used || members[place] is not { } member)
                continue;
            _members[_used] = member;
            _numbers[_used] = numbers[place];
            _lowest[capacity + _used] = member.Confirmed;
            member.UnconfirmedPlace = _used++;
        }
        for (int node = capacity - 1; node > 0; node--)
            _lowest[node] = Math.Min(_lowest[2 * node], _lowest[2 * node + 1]);
    }

    private void Clear()
    {
        _used = _silent = _waited = _asked = 0;
        if (_members.Length > LargestKeptCapacity)
            (_members, _numbers, _lowest) = (new Subscription?[SmallestCapacity], new long[SmallestCapacity], NewTree(SmallestCapacity));
    }
}
