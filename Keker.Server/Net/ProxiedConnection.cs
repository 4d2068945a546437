using Keker.Protocol.Proxy;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Net;

/// <summary>The phase before all others on a listener for proxies: the PROXY header, which says for whom the proxy connects, within its time.</summary>
/// <remarks>One runner; the heartbeat and the drain come from other threads.</remarks>
internal sealed class ProxiedConnection : IConnectionPhase
{
    private readonly Connection _connection;
    private readonly long _deadline;

    public ProxiedConnection(Connection connection, MonotonicClock clock)
    {
        _connection = connection;
        UnfinishedSince = clock.Now;
        _deadline = clock.Now + (long)Limits.ProxyHeaderTimeout.TotalMilliseconds;
        connection.Phase = this;
    }

    public long UnfinishedSince { get; }

    /// <summary>Reads the header, and not a byte of what follows it. The connection has the client's address then, where the proxy tells one.</summary>
    /// <returns>False when there is none, or the peer is gone.</returns>
    public async Task<bool> TryReadAsync()
    {
        byte[] header = new byte[ProxyHeader.MostBytes + 1];
        int length = 0;
        while (true)
        {
            await _connection.WaitForInputAsync().ConfigureAwait(false);
            int arrived = _connection.Peek(header.AsSpan(length));
            if (arrived == 0)
                return false;
            if (arrived < 0)
                continue;
            ProxyHeaderStatus status = Read(header.AsSpan(0, length + arrived), out int whole);
            if (status == ProxyHeaderStatus.Bad)
                return false;
            int taken = (status == ProxyHeaderStatus.Complete ? whole : length + arrived) - length;
            if (_connection.Receive(header.AsSpan(length, taken)) != taken)
                return false;
            length += taken;
            if (status != ProxyHeaderStatus.Complete)
                continue;
            _connection.Phase = null;
            return true;
        }
    }

    public void OnHeartbeat(long now)
    {
        if (now >= _deadline)
            _connection.Abort();
    }

    public void Drain() => _connection.Abort();

    public void GiveUp() => _connection.Abort();

    private ProxyHeaderStatus Read(ReadOnlySpan<byte> bytes, out int length)
    {
        Span<byte> address = stackalloc byte[ProxyHeader.AddressBytes];
        ProxyHeaderStatus status = ProxyHeader.Read(bytes, address, out int addressLength, out length);
        if (addressLength > 0)
            _connection.Client = address[..addressLength].ToArray();
        return status;
    }
}
