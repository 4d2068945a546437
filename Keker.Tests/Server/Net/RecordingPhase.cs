using Keker.Server.Net;

namespace Keker.Tests.Server.Net;

/// <summary>Remembers when the heartbeat came by.</summary>
internal sealed class RecordingPhase : IConnectionPhase
{
    public List<long> Beats { get; } = [];

    public void OnHeartbeat(long now) => Beats.Add(now);

    public void Drain()
    {
    }
}
