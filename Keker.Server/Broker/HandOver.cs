namespace Keker.Server.Broker;

/// <summary>
/// A HELLO while other sessions of the token have not confirmed what they were sent: any of them may be the same client's connection, dead and not
/// noticed as such. They are asked, and who is silent for a second counts as broken: the new session starts where that one had confirmed.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class HandOver : ConfirmWait
{
    /// <summary>Milliseconds to answer a ping in.</summary>
    private const long Patience = 1000;

    /// <summary>Sessions asked; a token with more of them is a crowd, not a client that comes back.</summary>
    private const int MostAsked = 64;

    /// <summary>Sessions looked at whether there is something to ask them.</summary>
    public const int MostLookedAt = 256;

    private readonly Subscription _member;
    private readonly List<ConfirmTarget> _asked;

    private HandOver(Subscription member, List<ConfirmTarget> asked, long now)
        : base(now + Patience)
    {
        _member = member;
        _asked = asked;
    }

    /// <summary>The new session starts with what sessions that broke, or that are silent, have not confirmed. Under the topic's lock.</summary>
    public void SetStart(TopicLog log)
    {
        long start = Math.Min(log.Join(_member.Session.Token), _member.Cursor);
        foreach (ConfirmTarget target in _asked)
        {
            // Of who broke while it was asked, what was kept may have been so for a shorter time than this took.
            if (!target.IsSettled)
                start = Math.Min(start, target.Member.Confirmed);
            else if (target.IsKept)
                start = Math.Min(start, target.Member.KeptFrom);
        }
        _member.StartAt(log.StartLate(_member, start));
        _member.HasStart = true;
    }

    /// <summary>Begins, when there is somebody to ask. Under the topic's lock, before the member is added; its cursor is set.</summary>
    /// <param name="member">The new session; one that has been silent for long already moves its cursor back at once.</param>
    /// <param name="others">The sessions there are.</param>
    /// <param name="log">Everything in it that they have not confirmed counts, sent to them or not: the new session may be the only one to get it.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    public static HandOver? TryBegin(Subscription member, List<Subscription> others, TopicLog log, long now)
    {
        List<ConfirmTarget>? asked = null;
        foreach (Subscription other in others.Where(other => other.Confirmed < log.Head && other.Session.Confirms).Take(MostAsked))
        {
            if (other.Session.UnansweredSince is { } since && now - since >= Patience)
                member.StartAt(Math.Max(log.Tail, Math.Min(member.Cursor, other.Confirmed)));
            else
                (asked ??= []).Add(new ConfirmTarget(other, log.Head));
        }
        return asked is null ? null : new HandOver(member, asked, now);
    }

    public override bool IsOver(long now) => now >= Deadline || _asked.TrueForAll(target => target.IsSettled);

    public override void Ask()
    {
        foreach (ConfirmTarget target in _asked)
        {
            if (!target.IsSettled)
                target.Member.Session.WantBarrier();
        }
    }

    protected override void OnEnded()
    {
        _member.Topic.EndHandOver(this);
        _member.Session.Start(_member);
    }
}
