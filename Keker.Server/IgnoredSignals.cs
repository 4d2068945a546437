using System.Runtime.InteropServices;
using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Server;

/// <summary>
/// Signals without a meaning here that end a process which does not know them: a mistyped kill, or a tool that asks for a dump, must not
/// end everybody's connections. SIGPIPE is ignored by the runtime.
/// </summary>
/// <remarks>Each is said once. Disposed at the end of the process.</remarks>
internal sealed class IgnoredSignals : IDisposable
{
    /// <summary>USR1, USR2, ALRM, STKFLT, VTALRM, PROF, IO, PWR: the numbers of Linux (signal(7)).</summary>
    private static readonly int[] OfLinux = [10, 12, 14, 16, 26, 27, 29, 30];

    /// <summary>USR1, USR2, ALRM, VTALRM, PROF: the numbers of macOS and the BSDs.</summary>
    private static readonly int[] OfBsd = [30, 31, 14, 26, 27];

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly ILogger _log;
    private long _said;

    public IgnoredSignals(ILogger log)
    {
        _log = log;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Ignore));
        foreach (int number in OperatingSystem.IsLinux() ? OfLinux : OfBsd)
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)number, Ignore));
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void Ignore(PosixSignalContext context)
    {
        context.Cancel = true;
        long bit = 1L << (int)context.Signal;
        if ((Interlocked.Or(ref _said, bit) & bit) == 0)
            _log.SignalIgnored(context.Signal.ToString());
    }
}
