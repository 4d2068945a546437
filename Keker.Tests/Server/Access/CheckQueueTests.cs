using Keker.Server.Access;
using Keker.Server.Observability;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Server.Access;

internal sealed class CheckQueueTests
{
    [Test]
    public async Task What_is_given_up_frees_its_place_and_is_not_checked()
    {
        var queue = new CheckQueue(mostAtATime: 1, mostBytes: 30);
        using var block = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int checks = 0;
        Task<Decision>? running = queue.TryAdd(() => { begun.SetResult(); block.Wait(Patience.Limit); return Decision.Refuse(RefusalReason.Signature); }, bytes: 10);
        await begun.Task.Soon("the first check");
        using var gone = new CancellationTokenSource();
        Task<Decision>? waiting = queue.TryAdd(Check, bytes: 20, gone.Token);
        Task<Decision>? other = queue.TryAdd(Check, bytes: 11);
        Assert.That((waiting is null, other), Is.EqualTo((false, (Task<Decision>?)null)), "one that runs holds nothing, and there is room for no third");

        await gone.CancelAsync();

        Assert.That((await waiting!.Soon("what was given up")).Reason, Is.EqualTo(RefusalReason.Undecided));
        other = queue.TryAdd(Check, bytes: 30);
        Assert.That(other, Is.Not.Null);
        block.Set();
        Assert.That((await running!.Soon("the first")).Reason, Is.EqualTo(RefusalReason.Signature));
        Assert.That((await other!.Soon("the other")).Reason, Is.EqualTo(RefusalReason.Claims));
        Assert.That(checks, Is.EqualTo(1));
        Assert.That(queue.TryHold(30), "everything is given back, once");
        Assert.That(queue.TryHold(1), Is.False);

        Decision Check()
        {
            checks++;
            return Decision.Refuse(RefusalReason.Claims);
        }
    }

    [Test]
    public async Task Giving_up_what_is_done_changes_nothing()
    {
        var queue = new CheckQueue(mostAtATime: 1, mostBytes: 10);
        using var gone = new CancellationTokenSource();
        Task<Decision> done = queue.TryAdd(static () => Decision.Refuse(RefusalReason.Claims), bytes: 10, gone.Token)!;
        Assert.That((await done.Soon("the check")).Reason, Is.EqualTo(RefusalReason.Claims));
        await gone.CancelAsync();
        Assert.That(queue.TryHold(10));
        Assert.That(queue.TryHold(1), Is.False);
    }
}
