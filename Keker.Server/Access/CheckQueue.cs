namespace Keker.Server.Access;

/// <summary>
/// Checks that take long, in order, on the thread pool: few at a time, so that a storm of them leaves processors for those who are served already. Thread-safe.
/// </summary>
/// <param name="mostAtATime">How many run at a time.</param>
/// <param name="mostBytes">What those that wait may hold in all.</param>
internal sealed class CheckQueue(int mostAtATime, long mostBytes) : IThreadPoolWorkItem
{
    /// <summary>Milliseconds after which a thread goes back to the end of the pool's own queue.</summary>
    private const long Turn = 5;

    private readonly Lock _lock = new();
    private readonly Queue<QueuedCheck> _waiting = new();
    private long _bytes;
    private int _running;

    /// <summary>What a check holds of memory: the text of the token and what was read of it; and tasks, closures, lists.</summary>
    /// <param name="length">Bytes of the token.</param>
    public static int BytesFor(int length) => length * 4 + 1024;

    /// <summary>Somebody waits for something else than a turn, and holds memory.</summary>
    /// <returns>False when too much waits already.</returns>
    public bool TryHold(int bytes)
    {
        lock (_lock)
        {
            if (_bytes + bytes > mostBytes)
                return false;
            _bytes += bytes;
            return true;
        }
    }

    /// <summary>After <see cref="TryHold"/>.</summary>
    public void LetGo(int bytes)
    {
        lock (_lock)
            _bytes -= bytes;
    }

    /// <summary>Has something checked.</summary>
    /// <param name="check">Checks; must not throw.</param>
    /// <param name="bytes">What is held until then.</param>
    /// <param name="cancellation">Nobody waits for it any more: it is not to be decided then, and its place is free at once.</param>
    /// <returns>Null when too much waits already.</returns>
    public Task<Decision>? TryAdd(Func<Decision> check, int bytes, CancellationToken cancellation = default)
    {
        var queued = new QueuedCheck(check, bytes);
        lock (_lock)
        {
            if (_bytes + bytes > mostBytes)
                return null;
            _bytes += bytes;
            _waiting.Enqueue(queued);
            if (_running < mostAtATime)
            {
                _running++;
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
        }

        // Whoever takes it may be done with it by now: nothing comes of giving it up then.
        if (cancellation.CanBeCanceled)
            cancellation.UnsafeRegister(state => GiveUp((QueuedCheck)state!), queued);
        return queued.Done.Task;
    }

    void IThreadPoolWorkItem.Execute()
    {
        long begun = Environment.TickCount64;
        while (Take() is { } next)
        {
            next.Run();
            if (Environment.TickCount64 - begun >= Turn)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }
        }
    }

    private QueuedCheck? Take()
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out QueuedCheck? next))
            {
                if (!next.TryTake())
                    continue;
                _bytes -= next.Bytes;
                return next;
            }
            _running--;
            return null;
        }
    }

    /// <summary>What is given up stays in the queue as an empty shell until its turn would have come.</summary>
    private void GiveUp(QueuedCheck check)
    {
        lock (_lock)
        {
            if (!check.TryTake())
                return;
            _bytes -= check.Bytes;
        }
        check.GiveUp();
    }
}
