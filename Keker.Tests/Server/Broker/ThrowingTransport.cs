using Keker.Server.Broker.Sessions;

namespace Keker.Tests.Server.Broker;

/// <summary>A transport that breaks its contract: one of its calls throws. Otherwise it takes a part of what it is sent, and the rest when that is awaited.</summary>
/// <param name="failing">The number of the call that throws, from 1 on.</param>
/// <param name="canTrySend">False as over TLS.</param>
internal sealed class ThrowingTransport(int failing, bool canTrySend = true) : ISessionTransport
{
    private int _calls;

    public bool CanTrySend => canTrySend;

    /// <summary>True once that call has come.</summary>
    public bool HasThrown => Volatile.Read(ref _calls) >= failing;

    public bool IsAborted { get; private set; }

    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        Count();
        return bytes.Length / 2;
    }

    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Count();
        await Task.Yield();
        Count();
        return true;
    }

    public void CloseSent() => Count();

    public void FinishSending() => Count();

    public void Abort()
    {
        IsAborted = true;
        Count();
    }

    private void Count()
    {
        if (Interlocked.Increment(ref _calls) == failing)
            throw new InvalidOperationException($"call {failing}");
    }
}
