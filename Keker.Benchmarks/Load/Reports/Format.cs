using System.Globalization;

namespace Keker.Benchmarks.Load.Reports;

/// <summary>Numbers for people; empty for what is not known.</summary>
internal static class Format
{
    public static string Whole(double? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Three digits or more.</summary>
    public static string Short(double? value) =>
        value?.ToString(Math.Abs(value.Value) switch { < 10 => "0.00", < 100 => "0.0", _ => "N0" }, CultureInfo.InvariantCulture) ?? "";

    public static string Percent(double? share) => share is { } value ? $"{(value * 100).ToString("0", CultureInfo.InvariantCulture)} %" : "";

    /// <param name="microseconds">Shown in a unit that suits.</param>
    public static string Duration(double? microseconds) => microseconds switch
    {
        null => "",
        < 1000 => $"{Short(microseconds)} µs",
        < 1_000_000 => $"{Short(microseconds / 1000)} ms",
        _ => $"{Short(microseconds / 1_000_000)} s",
    };
}
