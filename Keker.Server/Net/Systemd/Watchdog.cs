using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Net.Systemd;

/// <summary>
/// Tells the service manager that all is well, as long as every loop turns: who serves everybody must not hang behind a timer that is well. A loop with nothing to
/// do is woken.
/// </summary>
/// <remarks>Looks by a timer. Thread-safe.</remarks>
internal sealed class Watchdog : IDisposable
{
    /// <summary>Looks in the time after which the manager acts: a turn that takes half of that is no reason to.</summary>
    private const int Looks = 4;

    private readonly IReadOnlyList<Loop> _loops;
    private readonly Action _beat;
    private readonly ILogger _log;
    private readonly long[] _turns;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private int _missed;

    /// <param name="loops">Have to turn.</param>
    /// <param name="patience">The time after which the manager acts (WATCHDOG_USEC).</param>
    /// <param name="beat">Tells it.</param>
    /// <param name="timeProvider">Makes the timer.</param>
    /// <param name="log">Gets a line when a loop hangs.</param>
    public Watchdog(IReadOnlyList<Loop> loops, TimeSpan patience, Action beat, TimeProvider timeProvider, ILogger log)
    {
        _loops = loops;
        _beat = beat;
        _log = log;
        _turns = [.. loops.Select(static loop => loop.Turns)];
        WakeAll();
        _timer = timeProvider.CreateTimer(static state => ((Watchdog)state!).Look(), this, patience / Looks, patience / Looks);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_lock)
        {
            bool turns = true;
            for (int i = 0; i < _turns.Length; i++)
                turns &= _loops[i].Turns != _turns[i];
            if (turns)
            {
                for (int i = 0; i < _turns.Length; i++)
                    _turns[i] = _loops[i].Turns;
                _beat();
                _missed = 0;
            }
            else if (++_missed == Looks / 2)
            {
                _log.LoopHangs();
            }
            WakeAll();
        }
    }

    private void WakeAll()
    {
        foreach (Loop loop in _loops)
            loop.Wake();
    }
}
