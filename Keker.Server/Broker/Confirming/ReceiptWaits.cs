using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Confirming;

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

    /// <summary>Messages whose changes are summed up: who asks for the counts of one far behind the first does not look at all before it.</summary>
    private const int BlockSize = 256;

    private ReceiptWait[] _ring = new ReceiptWait[SmallestRing];
    private ReceiptGroups[] _blocks = new ReceiptGroups[1];
    private Dictionary<Subscription, MissedMessages>? _missed;
    private long _first;
    private long _end;

    // Of all changes. Members that rest nowhere in the ring have confirmed all of it, and those who left count for it and not for what comes.
    private ReceiptGroups _sum;

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
        this[_end] = new ReceiptWait { Receipt = receipt, Offset = offset, Sessions = sessions };
        _end++;
        Change(_end - 1, new ReceiptGroups(confirming, Mute: sessions - confirming) - _sum);
        Complete();
    }

    /// <summary>A member has confirmed more than before.</summary>
    public void Confirmed(Subscription member)
    {
        if (!member.Session.Confirms || member.Confirmed <= member.RestsAt)
            return;
        (long rested, long rests) = (member.RestsAt, member.Confirmed);
        member.RestsAt = rests;
        CountMissed(member, rested, rests);
        long from = FirstFrom(rested);
        long to = FirstFrom(rests);
        if (from == to)
            return;
        Change(from, new ReceiptGroups(Pending: -1));
        Change(to, new ReceiptGroups(Pending: 1));
        Complete();
    }

    /// <summary>
    /// A member goes on behind messages that it is not sent. They stay pending until it confirms what comes after them, or leaves, and do not count as received
    /// then.
    /// </summary>
    /// <param name="member">The member.</param>
    /// <param name="from">The first of them.</param>
    /// <param name="to">Where it goes on.</param>
    public void Missed(Subscription member, long from, long to)
    {
        if (!member.Session.Confirms || FirstFrom(from) >= FirstFrom(to))
            return;
        _missed ??= [];
        _missed[member] = new MissedMessages(from, to, _missed.GetValueOrDefault(member));
    }

    /// <summary>A member has left.</summary>
    /// <param name="member">The member; what it has confirmed counts.</param>
    /// <param name="retainedFrom">From this offset on all is kept for the next HELLO of its token.</param>
    public void Left(Subscription member, long retainedFrom)
    {
        Confirmed(member);
        _missed?.Remove(member);
        long at = FirstFrom(member.RestsAt);
        Change(at, member.Session.Confirms ? new ReceiptGroups(Pending: -1, Gone: 1) : new ReceiptGroups(Mute: -1, Gone: 1));
        Change(Math.Max(at, FirstFrom(retainedFrom)), new ReceiptGroups(Kept: 1));
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
        ReceiptGroups tally = default;
        for (long number = _first; number <= at;)
        {
            bool isBlock = number % BlockSize == 0 && number + BlockSize <= at;
            tally += isBlock ? Block(number) : this[number].Change;
            number += isBlock ? BlockSize : 1;
        }
        counts = tally.Counts(this[at].Sessions);
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

    /// <summary>What a member missed of the messages that it has confirmed to be behind.</summary>
    private void CountMissed(Subscription member, long from, long to)
    {
        if (_missed is null || !_missed.Remove(member, out MissedMessages? missed))
            return;
        for (; missed is not null; missed = missed.Earlier)
        {
            long first = FirstFrom(Math.Max(from, missed.From));
            long end = FirstFrom(Math.Min(to, missed.To));
            if (first < end)
            {
                Change(first, new ReceiptGroups(Gone: 1));
                Change(end, new ReceiptGroups(Gone: -1));
            }
            Missed(member, Math.Max(to, missed.From), missed.To);
        }
    }

    /// <summary>From a message on the counts are others; nothing where that is none.</summary>
    private void Change(long number, ReceiptGroups change)
    {
        if (number == _end)
            return;
        this[number].Change += change;
        Block(number) += change;
        _sum += change;
    }

    private void Complete()
    {
        while (_first < _end && this[_first] is var first && (first.Receipt is null || first.Change.Pending == 0))
        {
            first.Receipt?.AddFinal(first.Change.Counts(first.Sessions));
            Change(_first, default(ReceiptGroups) - first.Change);
            this[_first++] = default;
            Change(_first, first.Change);
        }
    }

    private ref ReceiptGroups Block(long number) => ref _blocks[(number & (_ring.Length - 1)) / BlockSize];

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
        ReceiptWait[] ring = _ring;
        _ring = new ReceiptWait[ring.Length * 2];
        _blocks = new ReceiptGroups[Math.Max(1, _ring.Length / BlockSize)];
        for (long number = _first; number < _end; number++)
        {
            this[number] = ring[number & (ring.Length - 1)];
            Block(number) += this[number].Change;
        }
    }
}
