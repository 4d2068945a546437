using Keker.Server.Net;

namespace Keker.Tests.Server.Net;

/// <summary>Remembers when the heartbeat came by.</summary>
internal sealed class RecordingPhase : IConnectionPhase
{
    public List<long> Beats { get; } = [];

    /// <summary>Thrown at every beat, where there is one.</summary>
    public Exception? Failure { get; set; }

    public long UnfinishedSince { get; init; }

    public bool HasGivenUp { get; private set; }

    public void GiveUp() => HasGivenUp = true;

    public void OnHeartbeat(long now)
    {
        Beats.Add(now);
        if (Failure is not null)
            throw Failure;
    }

    public void Drain()
    {
    }
}
