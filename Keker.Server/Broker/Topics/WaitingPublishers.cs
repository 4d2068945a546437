namespace Keker.Server.Broker.Topics;

/// <summary>The publishers that wait for room in one topic, first come, first served.</summary>
/// <remarks><see cref="TryAdd"/> is guarded by the topic's lock; <see cref="Release"/> is called once, after the topic has let go of it.</remarks>
internal sealed class WaitingPublishers
{
    private readonly Queue<TaskCompletionSource> _waiters = new();

    /// <returns>Completes on release; null when too many wait already.</returns>
    public Task? TryAdd(int most)
    {
        if (_waiters.Count >= most)
            return null;
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Enqueue(waiter);
        return waiter.Task;
    }

    /// <summary>Lets them all try again. Their continuations run on the thread pool: a pass does not become the publishers' thread.</summary>
    public void Release()
    {
        foreach (TaskCompletionSource waiter in _waiters)
            waiter.SetResult();
    }
}
