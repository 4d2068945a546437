using System.Globalization;
using System.Text;

namespace Keker.Server.Options;

/// <summary>
/// Durations as operators write them: <c>1*DIGIT unit</c>, repeated with ever smaller units h, m, s and ms, or bare digits, which are seconds.
/// </summary>
internal static class Durations
{
    private const string Seconds = "s";

    private static readonly (string Name, long Ticks)[] Units =
    [
        ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), (Seconds, TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text.Length == 0)
            return false;

        ReadOnlySpan<char> rest = text.AsSpan().ContainsAnyExceptInRange('0', '9') ? text : text + Seconds;
        long ticks = 0;
        int nextUnit = 0;
        while (rest.Length > 0)
        {
            int digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                return false;

            rest = rest[digits..];
            int letters = rest.IndexOfAnyInRange('0', '9');
            int unit = IndexOfUnit(letters < 0 ? rest : rest[..letters], nextUnit);
            if (unit < 0 || number > (TimeSpan.MaxValue.Ticks - ticks) / Units[unit].Ticks)
                return false;

            ticks += number * Units[unit].Ticks;
            rest = rest[Units[unit].Name.Length..];
            nextUnit = unit + 1;
        }

        duration = TimeSpan.FromTicks(ticks);
        return true;
    }

    /// <summary>The shortest text that <see cref="TryParse"/> reads back; anything below a millisecond is dropped.</summary>
    public static string Format(TimeSpan duration)
    {
        var text = new StringBuilder();
        long ticks = duration.Ticks;
        foreach ((string name, long unit) in Units)
        {
            if (ticks / unit > 0)
                text.Append(CultureInfo.InvariantCulture, $"{ticks / unit}{name}");

            ticks %= unit;
        }

        return text.Length == 0 ? "0" : text.ToString();
    }

    private static int IndexOfUnit(ReadOnlySpan<char> name, int from)
    {
        for (int i = from; i < Units.Length; i++)
        {
            if (name.SequenceEqual(Units[i].Name))
                return i;
        }

        return -1;
    }
}
