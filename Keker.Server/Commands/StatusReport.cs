using System.Globalization;
using System.Text.Json;

namespace Keker.Server.Commands;

/// <summary>Two readings of a server's statistics, told to a person. Immutable.</summary>
/// <param name="before">The first reading.</param>
/// <param name="after">The second one.</param>
/// <param name="between">The time between them.</param>
/// <param name="now">The time of the second one.</param>
internal sealed class StatusReport(JsonElement before, JsonElement after, TimeSpan between, DateTimeOffset now)
{
    /// <summary>Beyond this share of its limit memory is worth a word.</summary>
    private const double MuchMemory = 0.8;

    /// <summary>A century: whatever says more is no server of ours, and no date goes as far back.</summary>
    private const long MostUpSeconds = 100L * 365 * 24 * 3600;

    /// <summary>Counters that stay 0 where all is well, and what to do about them.</summary>
    private static readonly (string Name, string What)[] Troubles =
    [
        ("internalErrors", "internal errors: the log has each, please report it"),
        ("unconfirmedLost", "messages lost that no client had confirmed, for want of room: see --cache-size and --cache-memory"),
        ("slowConsumers", "sessions closed because they read too slowly: see --lag"),
        ("hookResets", "times the backend was told that events are missing: it did not take them fast enough"),
        ("hookFailures", "requests with events that the backend has not taken"),
        ("refusedConnections", "connections over --max-connections or over the limit of descriptors"),
    ];

    /// <summary>At most 20 lines.</summary>
    /// <param name="url">Where the server is.</param>
    /// <param name="health">How it says that it is.</param>
    public IEnumerable<string> Lines(string url, string health)
    {
        TimeSpan up = TimeSpan.FromSeconds(Math.Clamp(Number("uptimeSeconds"), 0, MostUpSeconds));
        yield return $"kekerd {Text("version")} at {url}: {health}";
        yield return Row("up", $"{Span(up)}, since {now - up:yyyy-MM-dd HH:mm} UTC");
        yield return Row("sessions", $"{Count("sessions")} of {Count("recipients")} recipients; {Count("topics")} topics, {Count("connections")} connections");
        yield return Row("published", $"{Rate("published")} a second, {Count("published")} in all");
        yield return Row("delivered", $"{Rate("delivered")} a second, {Count("delivered")} in all");
        yield return Row("waiting", $"{Count("cachedNow")} messages in {Bytes("cachedBytes")}; {Count("brokenPositions")} clients are away; {Count("expired")} messages expired");
        yield return Row("memory", $"{Bytes("memoryBytes")} of {Bytes("memoryLimitBytes")}; messages {Bytes("logBytes")}, unfinished input {Bytes("unfinishedBytes")}");
        yield return Row("refused", $"{Count("failedRequests")} requests, {Count("rateLimited")} too fast, {Count("protocolErrors")} against the protocol{Access()}");
        if (Number("memoryBytes") > MuchMemory * Number("memoryLimitBytes"))
            yield return Row("warning", $"memory is more than {100 * MuchMemory:0} % of its limit");
        foreach ((string name, string what) in Troubles)
        {
            if (Number(name) > 0)
                yield return Row("warning", $"{Count(name)} {what}");
        }
    }

    private static string Row(string name, string text) => $"{name,-10} {text}";

    private string Text(string name) => after.TryGetProperty(name, out JsonElement value) ? value.GetRawText().Trim('"') : "?";

    private long Number(string name) => Number(after, name);

    private static long Number(JsonElement reading, string name) =>
        reading.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : 0;

    private string Count(string name) => Number(name).ToString("N0", CultureInfo.InvariantCulture);

    private string Rate(string name) =>
        ((Number(after, name) - Number(before, name)) / Math.Max(between.TotalSeconds, 0.001)).ToString("N0", CultureInfo.InvariantCulture);

    private string Bytes(string name) => Number(name) switch
    {
        < 10L << 10 and var bytes => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 10L << 20 and var bytes => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 10} KiB"),
        < 10L << 30 and var bytes => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB"),
        var bytes => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 30} GiB"),
    };

    /// <summary>Who was not let in, by reason.</summary>
    private string Access()
    {
        if (!after.TryGetProperty("refusedAccess", out JsonElement reasons) || reasons.ValueKind != JsonValueKind.Object)
            return "";
        return string.Concat(reasons.EnumerateObject()
            .Where(reason => reason.Value.ValueKind == JsonValueKind.Number && reason.Value.TryGetInt64(out long count) && count > 0)
            .Select(reason => $", {reason.Name} {reason.Value}"));
    }

    private static string Span(TimeSpan span) => span switch
    {
        { Days: > 0 } => $"{span.Days} d {span.Hours} h",
        { Hours: > 0 } => $"{span.Hours} h {span.Minutes} min",
        { Minutes: > 0 } => $"{span.Minutes} min {span.Seconds} s",
        _ => $"{span.Seconds} s",
    };
}
