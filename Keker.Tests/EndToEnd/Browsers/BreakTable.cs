using System.Collections.Concurrent;
using System.Globalization;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>Shows at the end of a run what became of each page whose connection broke.</summary>
[SetUpFixture]
internal sealed class BreakTable
{
    private static readonly ConcurrentBag<BreakResult> Results = [];

    public static void Add(BreakResult result) => Results.Add(result);

    [OneTimeTearDown]
    public async Task ShowAsync()
    {
        if (Results.IsEmpty)
            return;
        string[] lines =
        [
            "| browser | client | break | length | published | received | lost | doubled | back after |",
            "|---|---|---|---:|---:|---:|---:|---:|---:|",
            .. Results.OrderBy(result => result.Kind, StringComparer.Ordinal)
                .ThenBy(result => Math.Round(result.Length.TotalSeconds))
                .ThenBy(result => result.Client, StringComparer.Ordinal)
                .ThenBy(result => result.Browser, StringComparer.Ordinal)
                .Select(Written),
        ];
        await TestContext.Progress.WriteLineAsync(string.Join('\n', lines));
        // For ./build.sh test, which shows it.
        string folder = Path.Combine(ReadmeFile.Root, "TestResults");
        Directory.CreateDirectory(folder);
        await File.WriteAllLinesAsync(Path.Combine(folder, "browsers.md"), lines);
    }

    private static string Written(BreakResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {result.Browser} | {result.Client} | {result.Kind} | {Seconds(result.Length)} | " +
        $"{result.Published} | {result.Received} | {result.Lost} | {result.Doubled} | {Seconds(result.Back)} |");

    private static string Seconds(TimeSpan? time) => time is { } given ? string.Create(CultureInfo.InvariantCulture, $"{given.TotalSeconds:0.0} s") : "never";
}
