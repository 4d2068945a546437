using System.Diagnostics;
using System.Text.Json;
using Keker.Server.Client;
using Keker.Server.Options;

namespace Keker.Server.Commands;

/// <summary><c>kekerd status</c>.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var line = new ClientLine(CommandDefinitions.Status, arguments, EnvironmentOptions.OfProcess());
        if (line.Ended() is { } status)
            return status;
        try
        {
            using var client = new ApiClient(line.Url, line.Key);
            ApiAnswer health = await client.SendAsync(HttpMethod.Get, "/v1/health", Patience).ConfigureAwait(false);
            JsonElement before = await AskAsync(client, line.Url).ConfigureAwait(false);
            long asked = Stopwatch.GetTimestamp();
            await Task.Delay(Between).ConfigureAwait(false);
            JsonElement after = await AskAsync(client, line.Url).ConfigureAwait(false);
            var report = new StatusReport(before, after, Stopwatch.GetElapsedTime(asked), DateTimeOffset.UtcNow);
            foreach (string text in report.Lines(line.Url.ToString(), health.Status == 200 ? "serves" : health.Message))
                Console.Out.WriteLine(text);
            return health.Status == 200 ? CommandLine.ExitCodeDone : ClientLine.ExitCodeFailed;
        }
        catch (Exception e) when (e is ClientException or StartException)
        {
            line.Tell(e.Message);
            return ClientLine.ExitCodeFailed;
        }
    }

    private static async Task<JsonElement> AskAsync(ApiClient client, ServerUrl url)
    {
        ApiAnswer answer = await client.SendAsync(HttpMethod.Get, "/v1/stats", Patience).ConfigureAwait(false);
        if (answer is { Status: 200, Data: { } data })
            return data;
        string hint = answer.Status switch
        {
            401 or 403 => "; show a publish key with --key",
            404 => "; where the server has an --admin-listen, --url has to name it",
            _ => "",
        };
        throw new ClientException($"{url} answers {answer.Status}: {answer.Message}{hint}");
    }
}
