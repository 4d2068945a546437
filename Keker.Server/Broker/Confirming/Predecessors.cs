using Keker.Server.Broker.Log;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Confirming;

/// <summary>
/// The sessions of one token in one topic that may be dead, as far as anybody knows: they have not confirmed all there is. And the new sessions
/// that wait until these have answered a ping.
/// </summary>
/// <remarks>Not thread-safe: the topic's lock guards it. Nothing here walks a crowd.</remarks>
internal sealed class Predecessors
{
    /// <summary>Milliseconds to answer a ping in.</summary>
    public const long Patience = 1000;

    /// <summary>Of a crowd nobody is pinged more often, in milliseconds, however many come back at once: a pong is work for both sides.</summary>
    private const long CrowdInterval = Patience / 2;

    /// <summary>Sessions of a token beyond which nobody is asked for looking alike, and nobody takes over: more than a client has.</summary>
    public const int Crowd = 64;

    private readonly UnconfirmedMembers _unconfirmed = new();
    private Queue<PredecessorCheck>? _waiting;
    private long _askedBefore;

    /// <summary>True when nobody is in here.</summary>
    public bool IsUnused => _unconfirmed.Count == 0 && !IsAwaited;

    /// <summary>True while a new session waits.</summary>
    public bool IsAwaited => _waiting is { Count: > 0 };

    /// <summary>A member has something unconfirmed, or is about to have; nothing when that is known or untrue.</summary>
    /// <param name="member">The member; not one that has left.</param>
    /// <param name="head">Where the topic's log ends.</param>
    public void Enter(Subscription member, long head)
    {
        if (!member.IsUnconfirmedListed && member.MayBeDead && member.Confirmed < head)
            _unconfirmed.Add(member);
    }

    /// <summary>A member that is not in here is to be asked, whatever it has confirmed.</summary>
    public void Add(Subscription member) => _unconfirmed.Add(member);

    /// <summary>A member has answered, or is no member any more: no start depends on it.</summary>
    public void Leave(Subscription member)
    {
        if (member.IsUnconfirmedListed)
            _unconfirmed.Remove(member);
    }

    /// <summary>A new session has joined: it begins where those had confirmed that are silent already, and waits for the others.</summary>
    /// <param name="member">The new session; it has its cursor and is not in here.</param>
    /// <param name="resume">What its client says that it has, behind which it begins; null where it says nothing.</param>
    /// <param name="isFew">See <see cref="PredecessorCheck.IsFew"/>.</param>
    /// <param name="log">The topic's log.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <returns>Null when there is nobody to wait for.</returns>
    public PredecessorCheck? Check(Subscription member, ResumePoint? resume, bool isFew, TopicLog log, long now)
    {
        bool hasId = resume is not null;
        _unconfirmed.NoteSilent(now - Patience);
        long before = _unconfirmed.Next;
        bool hasMissedNothing = (!log.HasBroken || log.Broken.OldestOf(member.Client) == long.MaxValue) && _unconfirmed.LowestBefore(before) >= member.Cursor;
        var check = new PredecessorCheck(member, before, now + Patience) { StartsAtOnce = hasId || hasMissedNothing, IsFew = isFew };
        if (!_unconfirmed.IsAnyWaitedFor(before))
        {
            long start = Settle(check, log);
            Joining.Start(log, member, hasId ? member.Cursor : Math.Max(log.Tail, start), resume);
            return null;
        }
        if (check.StartsAtOnce)
            Joining.Start(log, member, member.Cursor, resume);
        (_waiting ??= []).Enqueue(check);
        _askedBefore = before;
        return check;
    }

    /// <summary>Settles where those start that have waited long enough, or have nobody left to wait for.</summary>
    /// <param name="log">The topic's log.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="receipts">The messages that publishers wait for; null where there are none.</param>
    /// <param name="decided">Gets those that may be sent messages now; made when there is one.</param>
    public void Decide(TopicLog log, long now, ReceiptWaits? receipts, ref List<PredecessorCheck>? decided)
    {
        // In the order in which they came: who came later waits for as many, for as long.
        while (_waiting is not null && _waiting.TryPeek(out PredecessorCheck? first) && (now >= first.Deadline || !_unconfirmed.IsAnyWaitedFor(first.Before)))
        {
            _waiting.Dequeue();
            first.IsDecided = true;
            if (first.StartsAtOnce)
            {
                if (!first.Member.HasLeft)
                    Settle(first, log);
                continue;
            }
            SetStartOffset(first, log);
            receipts?.Missed(first.Member, first.Member.RestsAt, first.Member.LogCursor);
            if (first.MayDeliver)
                (decided ??= []).Add(first);
        }
    }

    /// <summary>The sessions to ping for those that wait.</summary>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <param name="sessions">Gets them.</param>
    /// <param name="most">How many to take at the most.</param>
    public void TakeToAsk(long now, List<Session> sessions, int most)
    {
        if (IsAwaited)
            _unconfirmed.TakeToAsk(_askedBefore, _unconfirmed.Count > Crowd ? now - CrowdInterval : now, sessions, most);
    }

    /// <summary>Who has not answered counts as broken; the new session takes over what is its own of that.</summary>
    /// <returns>Where the new session begins.</returns>
    private long Settle(PredecessorCheck check, TopicLog log)
    {
        Subscription member = check.Member;
        if (!check.IsFew || !member.IsRetained)
            return Math.Min(log.StartOf(member.Client, check.Start), _unconfirmed.LowestBefore(check.Before));
        _unconfirmed.ForEachBefore(check.Before, silent => log.Broken.Suspect(silent));
        long start = log.StartOf(member.Client, check.Start);
        if (log.HasBroken)
            log.Broken.TakeOver(member);
        return start;
    }

    private void SetStartOffset(PredecessorCheck check, TopicLog log)
    {
        Subscription member = check.Member;
        if (!member.HasLeft)
        {
            long start = log.RetainLateStart(member, Settle(check, log));
            member.SetStartOffset(start, log.SkippedFrom(start, member.Client));
            Joining.BeginWithKept(log.Kept, member, resume: null);
            if (!member.IsUnconfirmedListed)
                Enter(member, log.Head);
            else if (member.Confirmed < log.Head)
                _unconfirmed.Update(member);
            else
                Leave(member);
        }
        member.HasStartOffset = true;
    }
}
