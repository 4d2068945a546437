namespace Keker.Server.Broker;

/// <summary>
/// The messages of one topic that publishers wait for, and how many members have yet to confirm each: no list of members, however many there are.
/// A member rests at the first of them that it has not confirmed; a pong moves it on.
/// </summary>
/// <remarks>
/// Not thread-safe: the topic's lock guards it. A wait takes <see cref="ReceiptWait"/>'s bytes; a pong costs a binary search. Members confirm in order,
/// so the first message is always the first to be complete.
/// </remarks>
internal sealed class ReceiptWaits
{
    private const int SmallestRing = 4;

    private ReceiptWait[] _ring = new ReceiptWait[SmallestRing];
    private long _first;
    private long _end;

    // Sums over the ring: members that rest nowhere in it have confirmed all of it, and those who left count for it and not for what comes.
    private int _pending;
    private int _mute;
    private int _gone;
    private int _kept;

    /// <summary>True when nobody waits.</summary>
    public bool IsEmpty => _first == _end;

    private ref ReceiptWait this[long number] => ref _ring[number & (_ring.Length - 1)];

    /// <summary>A message was appended that somebody waits for.</summary>
    /// <param name="receipt">Who waits.</param>
    /// <param name="offset">The message.</param>
    /// <param name="sessions">Members there are.</param>
    /// <param name="confirming">Those of them whose clients confirm; the others are mute.</param>
    public void Add(Receipt receipt, long offset, int sessions, int confirming)
    {
        if (_end - _first == _ring.Length)
            Grow();
        this[_end++] = new ReceiptWait
        {
            Receipt = receipt,
            Offset = offset,
            Sessions = sessions,
            Pending = confirming - _pending,
            Mute = sessions - confirming - _mute,
            Gone = -_gone,
            Kept = -_kept,
        };
        (_pending, _mute, _gone, _kept) = (confirming, sessions - confirming, 0, 0);
        Complete();
    }

    /// <summary>A member has confirmed more than before.</summary>
    public void Confirmed(Subscription member)
    {
        if (!member.Session.Confirms || member.Confirmed <= member.RestsAt)
            return;
        long from = FirstFrom(member.RestsAt);
        member.RestsAt = member.Confirmed;
        long to = FirstFrom(member.RestsAt);
        if (from == to)
            return;
        this[from].Pending--;
        if (to < _end)
            this[to].Pending++;
        else
            _pending--;
        Complete();
    }

    /// <summary>A member has left.</summary>
    /// <param name="member">The member; what it has confirmed counts.</param>
    /// <param name="keptFrom">From this offset on all is kept for the next HELLO of its token.</param>
    public void Left(Subscription member, long keptFrom)
    {
        Confirmed(member);
        long at = FirstFrom(member.RestsAt);
        if (at == _end)
            return;
        if (member.Session.Confirms)
        {
            this[at].Pending--;
            _pending--;
        }
        else
        {
            this[at].Mute--;
            _mute--;
        }
        this[at].Gone++;
        _gone++;
        long kept = Math.Max(at, FirstFrom(keptFrom));
        if (kept < _end)
        {
            this[kept].Kept++;
            _kept++;
        }
        Complete();
    }

    /// <summary>What is known of a message that is waited for.</summary>
    /// <param name="receipt">Who waits.</param>
    /// <param name="offset">The message.</param>
    /// <param name="counts">What is known.</param>
    /// <returns>False when the receipt has its counts.</returns>
    public bool TryCount(Receipt receipt, long offset, out ReceiptCounts counts)
    {
        counts = default;
        long at = FirstFrom(offset);
        if (at == _end || this[at].Receipt != receipt)
            return false;
        ReceiptWait sum = default;
        for (long number = _first; number <= at; number++)
            sum.Follow(this[number]);
        sum.Sessions = this[at].Sessions;
        counts = sum.Counts;
        return true;
    }

    /// <summary>Who waits for a message waits no longer.</summary>
    public void Forget(Receipt receipt, long offset)
    {
        long at = FirstFrom(offset);
        if (at == _end || this[at].Receipt != receipt)
            return;
        this[at].Receipt = null;
        Complete();
    }

    private void Complete()
    {
        while (_first < _end && this[_first] is var first && (first.Receipt is null || first.Pending == 0))
        {
            first.Receipt?.Settled(first.Counts);
            this[_first++] = default;
            if (_first < _end)
                this[_first].Follow(first);
            else
                (_pending, _mute, _gone, _kept) = (0, 0, 0, 0);
        }
    }

    /// <summary>The number of the first message that is waited for at an offset or after it.</summary>
    private long FirstFrom(long offset)
    {
        long low = _first;
        long high = _end;
        while (low < high)
        {
            long middle = (low + high) / 2;
            if (this[middle].Offset < offset)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private void Grow()
    {
        var larger = new ReceiptWait[_ring.Length * 2];
        for (long number = _first; number < _end; number++)
            larger[number & (larger.Length - 1)] = this[number];
        _ring = larger;
    }
}
