using Microsoft.Extensions.Logging;

namespace Keker.Server.Observability;

/// <summary>
/// One line per event, in a form of its own. Logging never blocks: what cannot be written in time is dropped, and what strangers cause again and again
/// is left out; in both cases a line says how much.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class LineLogger : ILogger, IDisposable
{
    private readonly LineForm _form;
    private readonly LogLevel _least;
    private readonly TimeProvider _timeProvider;
    private readonly LogWriter _writer;
    private readonly LogRates _rates;

    /// <param name="output">Where lines go.</param>
    /// <param name="least">Lines below this level are not written.</param>
    /// <param name="mostWaiting">Lines that wait to be written; more are dropped.</param>
    /// <param name="mostPerSecond">Lines of one kind in a second, of those that strangers can cause.</param>
    /// <param name="timeProvider">The time of lines and rates.</param>
    /// <param name="form">How lines look; null for <see cref="TextForm"/>.</param>
    public LineLogger(Stream output, LogLevel least, int mostWaiting, int mostPerSecond, TimeProvider timeProvider, LineForm? form = null)
    {
        _form = form ?? new TextForm();
        _least = least;
        _timeProvider = timeProvider;
        _writer = new LogWriter(output, mostWaiting, dropped => Line(LogLevel.Warning, "LinesDropped", $"{dropped} lines dropped: nobody read the log in time"));
        _rates = new LogRates(mostPerSecond, timeProvider,
            kind => _writer.Add(Line(kind.Level, "LinesLeftOut", $"{kind.LeftOut} more lines of kind {kind.Name} were left out")));
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= _least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel) || (HasRate(logLevel) && !_rates.TryTake(eventId, logLevel)))
            return;
        _writer.Add(Line(logLevel, eventId.Name ?? $"{eventId.Id}", formatter(state, null), state, exception));
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

    private string Line(LogLevel level, string name, string text, object? state = null, Exception? exception = null) =>
        _form.Write(_timeProvider.GetUtcNow(), level, name, text, state, exception);
}
