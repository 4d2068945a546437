using Keker.Server.Broker.Sessions;

namespace Keker.Benchmarks.Micro;

/// <summary>A client with endless room: what is left is the cost of the broker itself.</summary>
internal sealed class DiscardingTransport : ISessionTransport
{
    public bool CanTrySend => true;

    public int TrySend(ReadOnlySpan<byte> bytes) => bytes.Length;

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes) => new(true);

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
