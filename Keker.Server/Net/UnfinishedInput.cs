using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Net;

/// <summary>Decides who goes when memory is short: of those who have something unfinished the slowest, of strangers the newest.</summary>
/// <remarks>Thread-safe. Visits all connections, so it is for when there is need.</remarks>
internal sealed class UnfinishedInput
{
    /// <summary>Strangers that are ended at a time, at least: with fewer nothing would be gained.</summary>
    private const int FewStrangers = 64;

    private readonly ConnectionTable _connections;
    private readonly UnfinishedBudget _budget;
    private readonly MonotonicClock _clock;
    private int _isEnding;

    public UnfinishedInput(ConnectionTable connections, UnfinishedBudget budget, MonotonicClock clock)
    {
        _connections = connections;
        _budget = budget;
        _clock = clock;
        budget.Full = EndSlowestSoon;
    }

    /// <summary>The same as <see cref="EndSlowest"/>, on another thread.</summary>
    public void EndSlowestSoon()
    {
        if (Interlocked.Exchange(ref _isEnding, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static input => input.EndSlowest(), this, preferLocal: false);
    }

    /// <summary>The budget is full: an eighth of those who have something unfinished for a second or more is ended, the slowest first.</summary>
    public void EndSlowest()
    {
        try
        {
            long latest = _clock.Now - (long)Limits.UnfinishedGrace.TotalMilliseconds;
            List<(long Since, Connection Connection, IConnectionPhase Phase)> slow = [];
            _connections.Visit(connection =>
            {
                if (connection.Phase is { UnfinishedSince: var since and > 0 } phase && since <= latest)
                    slow.Add((since, connection, phase));
            });
            slow.Sort(static (a, b) => a.Since.CompareTo(b.Since));
            int most = (slow.Count + Limits.UnfinishedRoomShare - 1) / Limits.UnfinishedRoomShare;
            for (int i = 0; i < most; i++)
                slow[i].Connection.GiveUp(slow[i].Phase);
        }
        finally
        {
            Volatile.Write(ref _isEnding, 0);
        }
    }

    /// <summary>Memory is short: a quarter of the strangers that have had a second to show what they want is ended, the newest first.</summary>
    public void EndNewestStrangers()
    {
        int latest = (int)(_clock.Now / 1000) - 1;
        List<(Connection Connection, IConnectionPhase Phase)> strangers = [];
        _connections.Visit(connection =>
        {
            if (connection.IsStranger && connection.AcceptedAt <= latest && connection.Phase is { } phase)
                strangers.Add((connection, phase));
        });
        strangers.Sort(static (a, b) => b.Connection.AcceptedAt.CompareTo(a.Connection.AcceptedAt));
        int most = Math.Min(strangers.Count, Math.Max(FewStrangers, strangers.Count / 4));
        for (int i = 0; i < most; i++)
            strangers[i].Connection.GiveUp(strangers[i].Phase);
    }
}
