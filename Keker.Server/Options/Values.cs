using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Options;

/// <summary>Readers of single values. All are pure.</summary>
internal static class Values
{
    public const string On = "on";

    public const string Off = "off";

    public const string Levels = "ERROR, WARN, INFO or DEBUG";

    public const string Formats = "text, json or journal";

    /// <summary>One message is one array, and an array has to fit beside its frame header.</summary>
    public const long MostBufferBytes = 1L << 30;

    /// <summary>The largest body: an event of an event stream may take seven times as many bytes, which still fit an array.</summary>
    public const long MostBodyBytes = 64L << 20;

    /// <summary>More than any machine has: catches a digit too many.</summary>
    public const long MostMemoryBytes = 1L << 44;

    private const int MostSeconds = 24 * 60 * 60;

    public static ValueReader<long> Bytes(long least, long most) => (string text, out string? mistake) =>
    {
        bool isGood = ByteSizes.TryParse(text, out long value) && value >= least && value <= most;
        mistake = isGood ? null : $"expected {least} to {most} bytes, such as 65536, 64k or 64KiB";
        return value;
    };

    public static int Count(string text, out string? mistake)
    {
        mistake = TryReadDigits(text, 0, int.MaxValue, out long value) ? null : $"expected 0 to {int.MaxValue}, digits only";
        return (int)value;
    }

    public static TimeSpan Seconds(string text, out string? mistake)
    {
        mistake = null;
        if (Durations.TryParse(text, out TimeSpan duration)
            && duration.Ticks % TimeSpan.TicksPerSecond == 0
            && duration.TotalSeconds is >= 1 and <= MostSeconds)
            return duration;

        mistake = $"expected 1 to {MostSeconds} whole seconds, such as 60 or 1m30s";
        return default;
    }

    public static ValueReader<TimeSpan> Duration(TimeSpan most) => (string text, out string? mistake) =>
    {
        mistake = Durations.TryParse(text, out TimeSpan value) && value <= most
            ? null
            : $"expected 0 or a duration up to {Durations.Format(most)}, such as 500ms, 5s, 1m30s or 1h; bare digits are seconds";
        return value;
    };

    public static string Path(string text, out string? mistake)
    {
        mistake = text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal) ? null : "expected the path of a PEM file";
        return text;
    }

    public static LogLevel Level(string text, out string? mistake)
    {
        mistake = null;
        switch (text.ToUpperInvariant())
        {
            case "ERROR": return LogLevel.Error;
            case "WARN": return LogLevel.Warning;
            case "INFO": return LogLevel.Information;
            case "DEBUG": return LogLevel.Debug;
            default:
                mistake = $"expected {Levels}";
                return default;
        }
    }

    /// <summary>A level in the words of <see cref="Level"/>.</summary>
    public static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERROR",
    };

    public static LogFormat? Format(string text, out string? mistake)
    {
        LogFormat? format = text.ToUpperInvariant() switch
        {
            "TEXT" => LogFormat.Text,
            "JSON" => LogFormat.Json,
            "JOURNAL" => LogFormat.Journal,
            _ => null,
        };
        mistake = format is null ? $"expected {Formats}" : null;
        return format;
    }

    public static bool Switch(string text, out string? mistake)
    {
        bool? value = text.ToUpperInvariant() switch
        {
            "ON" or "TRUE" or "YES" or "1" => true,
            "OFF" or "FALSE" or "NO" or "0" => false,
            _ => null,
        };
        mistake = value is null ? $"expected {On} or {Off} (or true/false, yes/no, 1/0)" : null;
        return value == true;
    }

    public static ListenAddress? Address(string text, out string? mistake) =>
        ListenAddress.TryParse(text, out ListenAddress? address, out mistake) ? address : null;

    public static IPNetwork Network(string text, out string? mistake)
    {
        mistake = TrustedNetworks.TryParse(text, out IPNetwork? network) ? null : "expected an address or a network without bits behind its prefix, such as 10.0.0.0/8 or 2001:db8::/32";
        return network.GetValueOrDefault();
    }

    public static string? Origin(string text, out string? mistake)
    {
        string? origin = Origins.Normalize(text);
        mistake = origin is not null ? null : "expected scheme://host[:port] in ASCII without a path, file:// or null; a host may begin with *. for one label, such as https://*.example.com; leave the option out to allow any";
        return origin;
    }

    private static bool TryReadDigits(string text, long least, long most, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;
}
