using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Keker.Server.Net;

/// <summary>What the accept loop does while the machine has no descriptor to give: wait, twice as long each time, and say so now and then.</summary>
/// <remarks>Used by one <see cref="Acceptor"/>.</remarks>
internal sealed class AcceptBackOff(TimeProvider timeProvider, ILogger log)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private SafeFileHandle? _reserve = OpenReserve();
    private TimeSpan _delay = Limits.AcceptBackOffMin;
    private long? _lastLogged;
    private bool _failing;
    private bool _hasWarned;

    /// <summary>Accepting works.</summary>
    public void Reset()
    {
        if (!_failing)
            return;
        _failing = false;
        _delay = Limits.AcceptBackOffMin;
        _reserve ??= OpenReserve();

        // At the limit it comes and goes with every connection that ends: what was not told is not taken back.
        if (!_hasWarned)
            return;
        _hasWarned = false;
        log.AcceptRecovered();
    }

    /// <summary>Accepting failed: refuses one peer with the reserve descriptor, then waits.</summary>
    public async Task WaitAsync(string reason, Action refuseOne, CancellationToken stopped)
    {
        if (_lastLogged is not { } lastLogged || timeProvider.GetElapsedTime(lastLogged) >= LogInterval)
        {
            _hasWarned = true;
            _lastLogged = timeProvider.GetTimestamp();
            log.AcceptFailed(reason);
        }
        _failing = true;
        if (_reserve is not null)
        {
            _reserve.Dispose();
            refuseOne();
            _reserve = OpenReserve();
        }
        await Task.Delay(_delay, timeProvider, stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _delay = _delay * 2 < Limits.AcceptBackOffMax ? _delay * 2 : Limits.AcceptBackOffMax;
    }

    private static SafeFileHandle? OpenReserve()
    {
        try
        {
            return File.OpenHandle("/dev/null");
        }
        catch (IOException)
        {
            return null;
        }
    }
}
