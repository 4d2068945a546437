using System.Runtime.InteropServices;
using System.Text;
using Keker.Protocol.Commands;
using Keker.Server.Client;
using Keker.Server.Options;

namespace Keker.Server.Commands;

/// <summary><c>kekerd subscribe</c>.</summary>
internal static class SubscribeCommand
{
    private const int ExitCodeTokenIsOver = 4;

    /// <summary>The server's bound.</summary>
    private const int MostTopics = 100;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var line = new ClientLine(CommandDefinitions.Subscribe, arguments, EnvironmentOptions.OfProcess());
        Interest interest = InterestOf(line);
        if (line.Ended() is { } status)
            return status;

        using var output = new StandardOutput();
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, stop);
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, stop);
        var printer = new MessagePrinter(line.Words.Has(CommandDefinitions.Json), output.Write);
        try
        {
            await new ResumingClient(line.Url, interest, printer.Print, line.Tell, TimeProvider.System).RunAsync(stop.Token).ConfigureAwait(false);
            return CommandLine.ExitCodeDone;
        }
        catch (OutputException e) when (e.IsClosed)
        {
            return CommandLine.ExitCodeDone;
        }
        catch (OutputException e)
        {
            line.Tell($"cannot write: {e.Message}");
            return ClientLine.ExitCodeFailed;
        }
        catch (Exception e) when (e is ClientException or StartException)
        {
            line.Tell(e.Message);
            return e is ClientException { IsTokenOver: true } ? ExitCodeTokenIsOver : ClientLine.ExitCodeFailed;
        }
    }

    /// <summary>The first signal is taken as a wish; the next one does what it does by itself.</summary>
    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        });

    private static Interest InterestOf(ClientLine line)
    {
        CommandWords words = line.Words;
        string? given = words.Words.Count > 0 ? words.Words[0] : null;
        if (given is not null && PublishKeys.IsFile(given, out string path))
            given = ReadFile(line, path);
        if (given is not null && !AuthInfo.IsValid(Encoding.UTF8.GetBytes(given), AuthInfo.MaxCheckedLength))
            line.Mistakes.Add("TOKEN", $"expected 1 to {AuthInfo.MaxCheckedLength} bytes without white space or control characters");

        string[] topics = [.. words.ValuesOf(CommandDefinitions.Follow).Distinct(StringComparer.Ordinal)];
        foreach (string topic in topics.Where(topic => !TopicName.IsValid(Encoding.UTF8.GetBytes(topic))))
            line.Mistakes.Add($"{CommandDefinitions.Follow.Name} {Mistakes.Quote(topic)}", "expected a word of 1 to 512 bytes, neither - nor *");
        if (topics.Length > MostTopics)
            line.Mistakes.Add(CommandDefinitions.Follow.Name, $"given {topics.Length} times, expected at most {MostTopics}");

        // 122 random bits: nobody else has it, and nobody guesses it.
        var interest = new Interest(given ?? $"cli-{Guid.NewGuid():N}", topics);
        if (words.ValueOf<MessageId?>(CommandDefinitions.Id, ReadId, line.Mistakes) is not { } id)
            return interest;
        if (given is null && topics.Length != 1)
            line.Mistakes.Add(CommandDefinitions.Id.Name, "expected TOKEN with it, or one --topic: whose message is it?");
        return interest with { Known = given is not null ? Encoding.ASCII.GetString(TopicName.OwnToken) : topics.FirstOrDefault(), Id = id };
    }

    /// <returns>Null when that is a mistake.</returns>
    private static string? ReadFile(ClientLine line, string path)
    {
        try
        {
            // Never more than would still be a mistake: the path may name a device that does not end.
            byte[] buffer = new byte[AuthInfo.MaxCheckedLength + 3];
            using FileStream file = File.OpenRead(path);
            int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            line.Mistakes.Add("TOKEN", e is FileNotFoundException or DirectoryNotFoundException ? "the file after @ does not exist" : "the file after @ cannot be read");
            return null;
        }
    }

    private static MessageId? ReadId(string text, out string? mistake)
    {
        mistake = MessageId.TryParse(Encoding.UTF8.GetBytes(text), out MessageId id) ? null : "expected an id as --json prints it, such as 2f:17";
        return id;
    }
}
