using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker;

/// <summary>Takes everything and keeps only the number of bytes: for many members and for counting allocations.</summary>
internal sealed class SinkTransport : ISessionTransport
{
    public bool CanTrySend => true;

    public long Bytes { get; private set; }

    public Action? OnTrySend { get; set; }

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        OnTrySend?.Invoke();
        Bytes += bytes.Length;
        return bytes.Length;
    }

    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Bytes += bytes.Length;
        return ValueTask.FromResult(true);
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
