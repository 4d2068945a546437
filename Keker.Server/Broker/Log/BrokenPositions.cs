using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Log;

/// <summary>How far the sessions of one topic had confirmed that broke, or that count as broken, and who has taken over what (SPEC 4, "Coming back").</summary>
/// <remarks>Not thread-safe: the topic's lock guards it. Nothing here walks a crowd.</remarks>
/// <param name="topic">The topic.</param>
/// <param name="ledger">Knows the positions of all topics by age.</param>
internal sealed class BrokenPositions(Topic topic, BreakLedger ledger)
{
    private ByToken<TokenPositions> _byToken = new(topic.Kind);
    private PositionSet _all;
    private PositionSet _needed = new(isByNeed: true);

    public bool IsEmpty => _all.Count == 0;

    /// <summary>The lowest offset of all, of those as well that are set aside; after all there is when there is none.</summary>
    public long Oldest => _all.Lowest;

    /// <summary>The log is kept from there on; after all there is when there is none.</summary>
    public long NeededFrom => _needed.Lowest;

    /// <summary>Those of sessions that have ended and whose client has not come back, the lowest first. To be read under the topic's lock.</summary>
    /// <param name="most">Positions that are looked at.</param>
    public IEnumerable<BrokenPosition> Away(int most) => _all.All.Take(most).Where(position => position is { Taker: null, Node: not null });

    /// <inheritdoc cref="TokenPositions.StartOf"/>
    public long StartOf(ClientKey client) => _byToken.Find(client.Token)?.StartOf(client.Mark) ?? long.MaxValue;

    /// <summary>The lowest offset of a token; after all there is when there is none.</summary>
    public long OldestOf(ClientKey client) => _byToken.Find(client.Token)?.Lowest ?? long.MaxValue;

    /// <summary>Where exactly one position of the client's mark is free, its new session takes that over: nobody else is sent from there for its sake.</summary>
    public void TakeOver(Subscription member)
    {
        TokenPositions? positions = _byToken.Find(member.Client.Token);
        if (positions?.OnlyFree(member.Client.Mark) is not { } position)
            return;
        positions.Remove(position);
        position.Taker = member;
        positions.Add(position);
        member.Taken = position;
    }

    /// <summary>A session has not answered in time: until it answers or ends it counts as broken. Nothing where it does already.</summary>
    public void Suspect(Subscription member)
    {
        if (member.Suspected is not null)
            return;
        member.Suspected = Add(member, member.Confirmed, member.Confirmed);
        if (member.Taken is { } taken)
            SetAside(taken);
    }

    /// <summary>A session that counted as broken has answered.</summary>
    public void Acquit(Subscription member)
    {
        if (member.Suspected is not { } position)
            return;
        End(position);
        member.Suspected = null;
        if (member.Taken is { } taken)
            PutBack(taken);
    }

    /// <summary>A session has broken: its position holds for a time.</summary>
    /// <param name="member">The session in the topic.</param>
    /// <param name="offset">Everything before it has arrived.</param>
    /// <param name="neededFrom">See <see cref="BrokenPosition.NeededFrom"/>.</param>
    /// <param name="expiresAt">Milliseconds of the clock.</param>
    public void Break(Subscription member, long offset, long neededFrom, long expiresAt)
    {
        // Who counted as broken, and whose place was taken over by one that has ended since, has a successor who has a position of its own.
        bool isSucceeded = member.Suspected is { HasEnded: true };
        Subscription? taker = member.Suspected?.Taker;
        Forget(member);
        if (isSucceeded)
            return;
        BrokenPosition position = Add(member, offset, neededFrom);
        if (taker is not null)
            Give(position, taker);
        ledger.Add(position, expiresAt);
    }

    /// <summary>A session has ended, whichever way: what it has taken over ends with it, and it counts as broken no more.</summary>
    public void Forget(Subscription member)
    {
        if (member.Suspected is { } suspected)
            End(suspected);
        if (member.Taken is { } taken)
            End(taken);
        member.Suspected = null;
        member.Taken = null;
    }

    /// <summary>A position ends; nothing when it has ended already.</summary>
    public void End(BrokenPosition position)
    {
        if (position.HasEnded)
            return;
        position.HasEnded = true;
        ledger.Remove(position);
        _all.Remove(position);
        _needed.Remove(position);
        if (position.Holds)
            SetAside(position);
        if (position.Taker is { } taker)
            taker.Taken = null;
    }

    private BrokenPosition Add(Subscription member, long offset, long neededFrom)
    {
        var position = new BrokenPosition(topic, member.Client, offset, neededFrom, ledger.NextNumber());
        _all.Add(position);
        _needed.Add(position);
        _byToken.GetOrAdd(position.Client.Token).Add(position);
        return position;
    }

    private void Give(BrokenPosition position, Subscription taker)
    {
        SetAside(position);
        position.Taker = taker;
        taker.Taken = position;
        if (taker.Suspected is null)
            PutBack(position);
    }

    private void SetAside(BrokenPosition position)
    {
        position.Holds = false;
        TokenPositions positions = _byToken.Find(position.Client.Token)!;
        positions.Remove(position);
        if (positions.IsEmpty)
            _byToken.Remove(position.Client.Token);
    }

    private void PutBack(BrokenPosition position)
    {
        position.Holds = true;
        _byToken.GetOrAdd(position.Client.Token).Add(position);
    }
}
