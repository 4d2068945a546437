namespace Keker.Server.Net;

/// <summary>The phase before HTTP on a TLS listener: nothing to do but to be over in time.</summary>
internal sealed class TlsHandshake(Connection connection, long begun, long deadline) : IConnectionPhase
{
    public long UnfinishedSince => begun;

    public void OnHeartbeat(long now)
    {
        if (now >= deadline)
            connection.Abort();
    }

    public void Drain() => connection.Abort();

    public void GiveUp() => connection.Abort();
}
