namespace Keker.Server.Broker;

/// <summary>A publisher that waits until every session that was there has confirmed its message.</summary>
/// <remarks>Thread-safe once it is in a topic; a publish fills it from one thread, topic by topic.</remarks>
internal sealed class Receipt(BrokerContext context, TimeSpan wait) : ConfirmWait(context.Clock.Now + (long)wait.TotalMilliseconds)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ConfirmTarget> _targets = [];
    private volatile bool _isComplete;

    /// <summary>Completes when all have confirmed or nobody is left who could, at the latest at the deadline; on the thread pool.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Sessions that were there.</summary>
    public int Sessions => _targets.Count;

    /// <summary>Sessions that have confirmed it.</summary>
    public int Received => _targets.Count(target => target.IsConfirmed);

    /// <summary>Sessions that have gone without a confirmation: it waits for their next HELLO.</summary>
    public int Gone => _targets.Count(target => target.Member.HasLeft && !target.IsConfirmed);

    /// <summary>The message was appended: these sessions have to confirm it. Under the topic's lock.</summary>
    public void Expect(Topic topic, MemberSnapshot members, long offset)
    {
        for (int i = 0; i < members.Count; i++)
        {
            if (members[i] is { } member)
                _targets.Add(new ConfirmTarget(member, offset + 1));
        }
    }

    /// <summary>All topics have it: the waiting begins. Before they are flushed, so that the barrier goes out in the same send.</summary>
    public void Begin()
    {
        foreach (ConfirmTarget target in _targets)
            target.Member.Session.WantBarrier();
        _isComplete = true;
        context.Waits.Add(this);
    }

    public override bool IsOver(long now) => _isComplete && (now >= Deadline || _targets.TrueForAll(target => target.IsSettled || !target.Member.Session.Confirms));

    public override void Ask()
    {
        foreach (ConfirmTarget target in _targets)
        {
            if (!target.IsSettled)
                target.Member.Session.WantBarrier();
        }
    }

    protected override void OnEnded() => _ended.SetResult();
}
