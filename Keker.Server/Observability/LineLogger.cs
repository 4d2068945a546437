using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Observability;

/// <summary>
/// One line per event: UTC time, level, text; an exception follows on lines of its own. Logging never blocks: what cannot be written in time is
/// dropped, and what strangers cause again and again is left out; in both cases a line says how much.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class LineLogger : ILogger, IDisposable
{
    private readonly LogLevel _least;
    private readonly TimeProvider _timeProvider;
    private readonly LogWriter _writer;
    private readonly LogRates _rates;

    /// <param name="output">Where lines go.</param>
    /// <param name="least">Lines below this level are not written.</param>
    /// <param name="mostWaiting">Lines that wait to be written; more are dropped.</param>
    /// <param name="mostPerSecond">Lines of one kind in a second, of those that strangers can cause.</param>
    /// <param name="timeProvider">The time of lines and rates.</param>
    public LineLogger(Stream output, LogLevel least, int mostWaiting, int mostPerSecond, TimeProvider timeProvider)
    {
        _least = least;
        _timeProvider = timeProvider;
        _writer = new LogWriter(output, mostWaiting, dropped => Line(LogLevel.Warning, $"{dropped} lines dropped: nobody read the log in time"));
        _rates = new LogRates(mostPerSecond, timeProvider,
            kind => _writer.Add(Line(kind.Level, $"{kind.LeftOut} more lines of kind {kind.Name} were left out")));
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= _least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel) || (HasRate(logLevel) && !_rates.TryTake(eventId, logLevel)))
            return;
        string line = Line(logLevel, formatter(state, null));
        _writer.Add(exception is null ? line : $"{line}{exception}{Environment.NewLine}");
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <summary>Writes what waits, for <see cref="LogWriter.LastWords"/> at most.</summary>
    public void Dispose()
    {
        _rates.Dispose();
        _writer.Dispose();
    }

    /// <summary>What strangers can cause: lines per connection, and errors. INFO and WARN are the server's own words, and few.</summary>
    private static bool HasRate(LogLevel level) => level is LogLevel.Debug or >= LogLevel.Error;

    private string Line(LogLevel level, string text) =>
        string.Create(CultureInfo.InvariantCulture, $"{_timeProvider.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {LevelName(level)}{text}{Environment.NewLine}");

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Debug => "DEBUG ",
        LogLevel.Information => "INFO  ",
        LogLevel.Warning => "WARN  ",
        _ => "ERROR ",
    };
}
