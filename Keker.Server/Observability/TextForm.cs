using Microsoft.Extensions.Logging;

namespace Keker.Server.Observability;

/// <summary>For people: time, level, text; an exception follows on lines of its own. Stateless, thread-safe.</summary>
internal sealed class TextForm : LineForm
{
    public override string Write(DateTimeOffset time, LogLevel level, string name, string text, object? state, Exception? exception)
    {
        string line = $"{Time(time)} {LevelName(level),-5} {text}{Environment.NewLine}";
        return exception is null ? line : $"{line}{exception}{Environment.NewLine}";
    }
}
