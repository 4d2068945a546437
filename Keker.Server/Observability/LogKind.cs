using Microsoft.Extensions.Logging;

namespace Keker.Server.Observability;

/// <summary>Lines of one kind in the second under way. Guarded by <see cref="LogRates"/>.</summary>
/// <param name="name">The name of the event, in <see cref="Log"/>.</param>
/// <param name="level">The level of its lines.</param>
internal sealed class LogKind(string name, LogLevel level)
{
    public string Name => name;

    public LogLevel Level => level;

    /// <summary>Lines that came, written or not.</summary>
    public int Taken { get; set; }

    /// <summary>Those of them that were not written.</summary>
    public int LeftOut { get; set; }
}
