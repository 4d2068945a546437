namespace Keker.Server.Broker;

/// <summary>A publisher that waits until every session that was there has confirmed its message.</summary>
/// <remarks>
/// Thread-safe once it has begun. Before that one thread fills it, topic by topic, under their locks: members may confirm or leave meanwhile,
/// and whoever looks then finds that it is not over.
/// </remarks>
internal sealed class Receipt(BrokerContext context, TimeSpan wait) : ConfirmWait(context.Clock.Now + (long)wait.TotalMilliseconds)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ConfirmTarget> _targets = [];
    private volatile bool _hasBegun;
    private int _settled;

    /// <summary>Completes when all have confirmed or nobody is left who could, at the latest at the deadline; on the thread pool.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Sessions that were there.</summary>
    public int Sessions => _targets.Count;

    /// <summary>What is known now. Once nothing is pending it does not change any more.</summary>
    public ReceiptCounts Counts
    {
        get
        {
            int received = 0;
            int gone = 0;
            int kept = 0;
            foreach (ConfirmTarget target in _targets)
            {
                // In this order: a confirmation that comes meanwhile counts.
                bool hasLeft = target.Member.HasLeft;
                bool isConfirmed = target.IsConfirmed;
                received += isConfirmed ? 1 : 0;
                gone += !isConfirmed && hasLeft ? 1 : 0;
                kept += !isConfirmed && hasLeft && target.IsKept ? 1 : 0;
            }
            return new ReceiptCounts(received, Sessions - received - gone, kept);
        }
    }

    /// <summary>The message was appended: these sessions have to confirm it. Under the topic's lock.</summary>
    public void Expect(MemberSnapshot members, long offset)
    {
        for (int i = 0; i < members.Count; i++)
        {
            if (members[i] is { } member)
                _targets.Add(new ConfirmTarget(member, offset + 1));
        }
    }

    /// <summary>All topics have it: the waiting begins. Before they are flushed, so that the barrier goes out in the same send; then <see cref="Ask"/>.</summary>
    public void Begin()
    {
        foreach (ConfirmTarget target in _targets)
        {
            if (!target.IsSettled && !target.IsAsked)
                target.Member.Session.WantBarrierBehindNext();
        }
        _hasBegun = true;
        context.Waits.Add(this);

        // The last of them may have confirmed before, where another publisher's pass has sent it.
        if (IsOver(context.Clock.Now))
            End();
    }

    public override bool IsOver(long now) => _hasBegun && (now >= Deadline || AreAllSettled());

    /// <summary>Asks those who have not been asked since they were sent the message.</summary>
    public override void Ask()
    {
        foreach (ConfirmTarget target in _targets)
        {
            if (!target.IsSettled && !target.IsAsked)
                target.Member.Session.WantBarrier();
        }
    }

    protected override void OnEnded() => _ended.SetResult();

    /// <summary>Who has settled stays so: each is looked at until then, and not with every confirmation of the others.</summary>
    private bool AreAllSettled()
    {
        int settled = Volatile.Read(ref _settled);
        while (settled < _targets.Count && (_targets[settled].IsSettled || !_targets[settled].Member.Session.Confirms))
            settled++;
        Volatile.Write(ref _settled, settled);
        return settled == _targets.Count;
    }
}
