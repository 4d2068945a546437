using System.Globalization;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Net;

/// <summary>Says in the log that a certificate ends soon, once a day, and that it has ended. Thread-safe.</summary>
internal sealed class CertificateTerm : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly TlsUpgrade _tls;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly ITimer _timer;

    /// <param name="tls">Has the certificate.</param>
    /// <param name="timeProvider">The time of the certificate, and the timer.</param>
    /// <param name="log">Is told.</param>
    public CertificateTerm(TlsUpgrade tls, TimeProvider timeProvider, ILogger log)
    {
        _tls = tls;
        _timeProvider = timeProvider;
        _log = log;
        _timer = timeProvider.CreateTimer(static state => ((CertificateTerm)state!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>In words, for the log.</summary>
    public static string Describe(TlsUpgrade? tls) => tls is null ? "no TLS" : $"TLS until {Format(tls.End)}";

    /// <summary>Looks at the certificate in force, now and from now on once a day. At the start, and after a reload.</summary>
    public void Check()
    {
        DateTimeOffset end = _tls.End;
        TimeSpan left = end - _timeProvider.GetUtcNow();
        if (left <= TimeSpan.Zero)
            _log.CertificateEnded(Format(end));
        else if (left < Limits.CertificateWarning)
            _log.CertificateEnds((int)Math.Ceiling(left.TotalDays), Format(end));

        // Its end is told when it comes, not within a day of it.
        _timer.Change(left > TimeSpan.Zero && left < Day ? left : Day, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private static string Format(DateTimeOffset end) => end.ToString("yyyy-MM-ddTHH:mmZ", CultureInfo.InvariantCulture);
}
