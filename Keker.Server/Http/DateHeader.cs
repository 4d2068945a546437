using Keker.Protocol.Http;
using Keker.Server.Observability;

namespace Keker.Server.Http;

/// <summary>The value of the Date header, formatted once a second. Thread-safe.</summary>
internal sealed class DateHeader(MonotonicClock clock)
{
    private volatile Formatted _latest = new(-1, []);

    /// <summary>The date now, <see cref="HttpDate.Length"/> bytes that nobody changes.</summary>
    public byte[] Now
    {
        get
        {
            DateTimeOffset now = clock.UtcNow;
            long second = now.Ticks / TimeSpan.TicksPerSecond;
            Formatted latest = _latest;
            if (latest.Second != second)
            {
                byte[] text = new byte[HttpDate.Length];
                HttpDate.Format(now, text);
                _latest = latest = new Formatted(second, text);
            }
            return latest.Text;
        }
    }

    private sealed record Formatted(long Second, byte[] Text);
}
