namespace Keker.Server.Broker;

/// <summary>Something that goes on once sessions have confirmed, or a deadline has passed.</summary>
/// <remarks>Thread-safe. Ends once, however many find that it is over.</remarks>
internal abstract class ConfirmWait(long deadline)
{
    private int _ended;

    /// <summary>Milliseconds of the clock.</summary>
    protected long Deadline { get; } = deadline;

    /// <summary>True once it has ended.</summary>
    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Whether everybody has answered, or the time is up. May be called under the lock of a topic, and takes none.</summary>
    public abstract bool IsOver(long now);

    /// <summary>Has those whose answer is missing asked (again), each as often as may be. Called with no lock held.</summary>
    public abstract void Ask();

    /// <summary>Goes on. Called with no lock held.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
            OnEnded();
    }

    protected abstract void OnEnded();
}
