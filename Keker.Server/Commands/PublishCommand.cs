using System.Globalization;
using System.Text;
using Keker.Protocol.Commands;
using Keker.Server.Client;
using Keker.Server.Options;

namespace Keker.Server.Commands;

/// <summary><c>kekerd publish</c>.</summary>
internal static class PublishCommand
{
    private const int ExitCodeNobodyThere = 3;

    /// <summary>What RFC 8030 and this server allow.</summary>
    private static readonly TimeSpan MostTimeToLive = TimeSpan.FromSeconds(2_592_000);

    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(30);

    /// <summary>Beside the time that the server was told to wait.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var line = new ClientLine(CommandDefinitions.Publish, arguments, EnvironmentOptions.OfProcess());
        (string? token, string? file) = Places(line);
        List<(string, string)> fields = Fields(line, token, out TimeSpan wait);
        string? contentType = line.Words.ValueOf(CommandDefinitions.ContentType, Visible, line.Mistakes);
        if (line.Ended() is { } status)
            return status;

        try
        {
            byte[] body = await ReadAsync(file).ConfigureAwait(false);
            using var client = new ApiClient(line.Url, line.Key);
            string route = line.Words.Has(CommandDefinitions.Broadcast) ? "/v1/broadcast" : "/v1/publish";
            ApiAnswer answer = await client.SendAsync(HttpMethod.Post, route, wait + Patience, fields, body, contentType).ConfigureAwait(false);
            return Print(line, answer);
        }
        catch (Exception e) when (e is ClientException or StartException or IOException or UnauthorizedAccessException)
        {
            line.Tell(e.Message);
            return ClientLine.ExitCodeFailed;
        }
    }

    /// <summary>Which word is the token, and which the file. Where topics or all are meant a single word is the file: a token taken for a file fails, the other way round it would be published to.</summary>
    private static (string? Token, string? File) Places(ClientLine line)
    {
        IReadOnlyList<string> words = line.Words.Words;
        bool isBroadcast = line.Words.Has(CommandDefinitions.Broadcast);
        bool hasTopic = line.Words.Has(CommandDefinitions.Topic);
        if (isBroadcast && (hasTopic || words.Count > 1))
            line.Mistakes.Add(CommandDefinitions.Broadcast.Name, "goes to everybody, expected neither TOKEN nor --topic with it");
        if (!isBroadcast && !hasTopic && words.Count == 0)
            line.Mistakes.Add("command line", "nobody to publish to, expected TOKEN, --topic NAME or --broadcast");
        (string? token, string? file) = words switch
        {
            [string one] when isBroadcast || hasTopic => (null, one),
            [string one] => (one, null),
            [string one, string two, ..] => (one, two),
            _ => ((string?)null, (string?)null),
        };
        if (token is not null && !AuthInfo.IsValid(Encoding.UTF8.GetBytes(token)))
            line.Mistakes.Add("TOKEN", "expected 1 to 512 bytes without white space or control characters");
        if (file is "")
            line.Mistakes.Add("FILE", "expected the name of a file, or - for standard input");
        return (token, file);
    }

    private static List<(string Name, string Value)> Fields(ClientLine line, string? token, out TimeSpan wait)
    {
        CommandWords words = line.Words;
        List<(string, string)> fields = [];
        if (token is not null)
            fields.Add(("Token", token));
        foreach (string topic in words.ValuesOf(CommandDefinitions.Topic))
        {
            if (TopicName.IsValid(Encoding.UTF8.GetBytes(topic)))
                fields.Add(("Topic", topic));
            else
                line.Mistakes.Add($"{CommandDefinitions.Topic.Name} {Mistakes.Quote(topic)}", "expected a word of 1 to 512 bytes, neither - nor *");
        }
        if (words.ValueOf<TimeSpan?>(CommandDefinitions.TimeToLive, WholeSeconds(TimeSpan.Zero, MostTimeToLive), line.Mistakes) is { } timeToLive)
            fields.Add(("TTL", Seconds(timeToLive)));
        if (words.ValueOf(CommandDefinitions.CollapseKey, Visible, line.Mistakes) is { } collapseKey)
            fields.Add(("Collapse-Key", collapseKey));
        if (words.ValueOf(CommandDefinitions.IdempotencyKey, Visible, line.Mistakes) is { } idempotencyKey)
            fields.Add(("Idempotency-Key", idempotencyKey));
        wait = words.ValueOf<TimeSpan?>(CommandDefinitions.Wait, WholeSeconds(TimeSpan.FromSeconds(1), MostWait), line.Mistakes) ?? TimeSpan.Zero;
        if (wait > TimeSpan.Zero)
            fields.Add(("Prefer", $"wait={Seconds(wait)}"));
        return fields;
    }

    private static int Print(ClientLine line, ApiAnswer answer)
    {
        TryPrint(line, answer.Body);
        if (answer.Status is 200 or 202 && answer.IsKekers)
            return CommandLine.ExitCodeDone;
        // Without data it is the route that was not found.
        if (answer.Status == 404 && answer.Data is not null)
            return ExitCodeNobodyThere;
        line.Tell($"{line.Url} answers {answer.Status}: {answer.Message}");
        return ClientLine.ExitCodeFailed;
    }

    /// <summary>The status tells the outcome whether or not somebody reads the answer: whoever repeats what was taken publishes twice.</summary>
    private static void TryPrint(ClientLine line, byte[] body)
    {
        try
        {
            using Stream output = Console.OpenStandardOutput();
            output.Write([.. body, (byte)'\n']);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            line.Tell($"the answer cannot be printed: {e.Message}");
        }
    }

    /// <summary>All of it, for its length is said first; more than any server takes is not even read.</summary>
    private static async Task<byte[]> ReadAsync(string? file)
    {
        Stream input = file is null or "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        await using (input.ConfigureAwait(false))
        {
            var body = new MemoryStream();
            byte[] piece = new byte[64 << 10];
            int count;
            while ((count = await input.ReadAsync(piece).ConfigureAwait(false)) > 0)
            {
                body.Write(piece, 0, count);
                if (body.Length > Values.MostBodyBytes)
                    throw new ClientException($"the message has more than {Values.MostBodyBytes} bytes, which no server takes");
            }
            return body.ToArray();
        }
    }

    private static ValueReader<TimeSpan?> WholeSeconds(TimeSpan least, TimeSpan most) => (string text, out string? mistake) =>
    {
        bool isGood = Durations.TryParse(text, out TimeSpan duration) && duration >= least && duration <= most && duration.Ticks % TimeSpan.TicksPerSecond == 0;
        mistake = isGood ? null : $"expected whole seconds from {Seconds(least)} to {Seconds(most)}, such as 30, 5m or 1h";
        return duration;
    };

    private static string Visible(string text, out string? mistake)
    {
        mistake = text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? null : "expected visible ASCII characters";
        return text;
    }

    private static string Seconds(TimeSpan time) => ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
