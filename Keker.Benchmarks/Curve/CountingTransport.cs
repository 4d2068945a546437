using Keker.Server.Broker.Sessions;

namespace Keker.Benchmarks.Curve;

/// <summary>A client with endless room that counts: a transport with state of its own to touch, and proof that a pass reached it.</summary>
internal sealed class CountingTransport : ISessionTransport
{
    /// <summary>Bytes taken so far.</summary>
    public long Bytes { get; private set; }

    public bool CanTrySend => true;

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        return bytes.Length;
    }

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Bytes += bytes.Length;
        return new(true);
    }

    public void CloseSent()
    {
    }

    public void FinishSending()
    {
    }

    public void Abort()
    {
    }
}
