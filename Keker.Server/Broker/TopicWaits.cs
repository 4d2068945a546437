namespace Keker.Server.Broker;

/// <summary>What waits for confirmations of one topic's members.</summary>
/// <remarks>Thread-safe. Its lock is an innermost one.</remarks>
internal sealed class TopicWaits
{
    private readonly Lock _lock = new();
    private readonly List<ConfirmWait> _waits = [];

    public void Add(ConfirmWait wait)
    {
        lock (_lock)
            _waits.Add(wait);
    }

    /// <summary>Ends those whose answers are complete or whose time is up. Called with no lock held.</summary>
    public void Check(long now)
    {
        List<ConfirmWait>? over = null;
        lock (_lock)
        {
            _waits.RemoveAll(wait =>
            {
                bool isOver = wait.HasEnded || wait.IsOver(now);
                if (isOver)
                    (over ??= []).Add(wait);
                return isOver;
            });
        }
        over?.ForEach(wait => wait.End());
    }
}
