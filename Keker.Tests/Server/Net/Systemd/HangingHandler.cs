using Keker.Server.Net;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Server.Net.Systemd;

/// <summary>Does what nobody may do on a loop: it waits.</summary>
internal sealed class HangingHandler : IReadyHandler, IDisposable
{
    private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _goesOn = new();

    /// <summary>Completes when it has begun.</summary>
    public Task Hangs => _hangs.Task;

    public void GoOn() => _goesOn.Set();

    public void OnReady()
    {
        _hangs.SetResult();
        _goesOn.Wait(Patience.Limit);
    }

    public void Dispose()
    {
        _goesOn.Set();
        _goesOn.Dispose();
    }
}
