using Microsoft.Extensions.Logging;

namespace Keker.Tests.Server.Net;

/// <summary>Keeps the lines that were logged. Thread-safe.</summary>
internal sealed class LogRecorder : ILogger
{
    private readonly List<string> _lines = [];

    public string[] Lines
    {
        get { lock (_lines) return [.. _lines]; }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
            _lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
