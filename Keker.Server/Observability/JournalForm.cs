using Microsoft.Extensions.Logging;

namespace Keker.Server.Observability;

/// <summary>
/// For the journal of systemd, which has the time itself: each line begins with its priority (sd-daemon(3)), those of an exception, too. Stateless,
/// thread-safe.
/// </summary>
internal sealed class JournalForm : LineForm
{
    private static readonly string[] LineEnds = ["\r\n", "\n", "\r"];

    public override string Write(DateTimeOffset time, LogLevel level, string name, string text, object? state, Exception? exception)
    {
        string priority = level switch
        {
            LogLevel.Debug => "<7>",
            LogLevel.Information => "<6>",
            LogLevel.Warning => "<4>",
            _ => "<3>",
        };
        string all = exception is null ? text : $"{text}\n{exception}";
        return string.Concat(all.Split(LineEnds, StringSplitOptions.None).Select(line => $"{priority}{line}\n"));
    }
}
