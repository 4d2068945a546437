using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.FanOut;

/// <summary>One large pass, cut into shares that workers take until none is left. Thread-safe once begun.</summary>
internal sealed class FanOutJob(Topic topic)
{
    /// <summary>Members a share: a millisecond or two of sends, so that workers end together.</summary>
    private const int ShareSize = 256;

    private int _begun;
    private int _next;
    private int _sharesLeft;

    public Topic Topic => topic;

    public FlushPass Pass { get; private set; }

    public int Shares { get; private set; }

    /// <summary>Begins the pass; the worker that took the job first does, before it lets others see it.</summary>
    /// <returns>False when it has begun already.</returns>
    public bool TryBegin()
    {
        if (Interlocked.Exchange(ref _begun, 1) != 0)
            return false;
        Pass = topic.BeginPass();
        Shares = Math.Max(1, (Pass.Members.Count + ShareSize - 1) / ShareSize);
        _sharesLeft = Shares;
        return true;
    }

    public bool TryTakeShare(out int start, out int end)
    {
        int share = Interlocked.Increment(ref _next) - 1;
        start = Math.Min(share * ShareSize, Pass.Members.Count);
        end = Math.Min(start + ShareSize, Pass.Members.Count);
        return share < Shares;
    }

    /// <returns>True for the last one: every member has been visited.</returns>
    public bool ShareDone() => Interlocked.Decrement(ref _sharesLeft) == 0;
}
