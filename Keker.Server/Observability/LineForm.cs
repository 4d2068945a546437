using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Observability;

/// <summary>How an event of the log looks. Stateless, thread-safe.</summary>
internal abstract class LineForm
{
    /// <summary>Writes an event.</summary>
    /// <param name="time">When it was, in UTC.</param>
    /// <param name="level">How bad it is.</param>
    /// <param name="name">Its name, one for each kind of event.</param>
    /// <param name="text">What it says.</param>
    /// <param name="state">What the text was made of; may be anything.</param>
    /// <param name="exception">What went wrong, or null.</param>
    /// <returns>One line or more, each with its end.</returns>
    public abstract string Write(DateTimeOffset time, LogLevel level, string name, string text, object? state, Exception? exception);

    /// <summary>The level in the words of <c>--verbose</c>.</summary>
    protected static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERROR",
    };

    /// <summary>A time in ISO 8601 with milliseconds.</summary>
    protected static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
