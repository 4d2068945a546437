using Keker.Server.Client;
using Keker.Server.Options;

namespace Keker.Server.Commands;

/// <summary>The line of a command that talks to a running server: its words, the server, the key, and what is wrong with them. Not thread-safe.</summary>
internal sealed class ClientLine
{
    public const int ExitCodeFailed = 1;

    private static readonly ServerUrl ThisMachine = new(IsSecure: false, "127.0.0.1", 3498, "");

    private readonly CommandDefinition _command;

    /// <param name="command">The command.</param>
    /// <param name="arguments">The arguments behind its name.</param>
    /// <param name="environment">All variables.</param>
    public ClientLine(CommandDefinition command, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        _command = command;
        Words = CommandWords.Parse(command, arguments, Mistakes);
        Url = Words.ValueOf(CommandDefinitions.Url, ServerUrl.Read, Mistakes) ?? UrlIn(environment) ?? ThisMachine;
        Key = Words.ValueOf(CommandDefinitions.Key, PublishKeys.Read, Mistakes) ?? KeyIn(environment);
    }

    public CommandWords Words { get; }

    public Mistakes Mistakes { get; } = new();

    public ServerUrl Url { get; }

    /// <summary>What to show; null for nothing.</summary>
    public byte[]? Key { get; }

    /// <summary>Answers --help, or tells all mistakes.</summary>
    /// <returns>The status to exit with; null where the command is to run.</returns>
    public int? Ended()
    {
        if (Words.Has(CommandDefinitions.Help))
        {
            HelpText.Write(Console.Out, _command);
            return CommandLine.ExitCodeDone;
        }

        foreach (string mistake in Mistakes.Lines)
            Tell(mistake);
        return Mistakes.Count == 0 ? null : CommandLine.ExitCodeMistaken;
    }

    /// <summary>Writes a line to standard error. What servers say stays in it, and does nothing to a terminal.</summary>
    public void Tell(string line) => Console.Error.WriteLine($"{_command.FullName}: {Mistakes.Clean(line.Trim())}");

    private ServerUrl? UrlIn(IReadOnlyDictionary<string, string> environment)
    {
        if (environment.GetValueOrDefault(CommandDefinitions.UrlVariable) is not { Length: > 0 } text)
            return null;
        ServerUrl url = ServerUrl.Read(text, out string? mistake);
        if (mistake is not null)
            Mistakes.Add(new GivenValue(CommandDefinitions.UrlVariable, text), mistake);
        return url;
    }

    /// <summary>The variable may have several for the server, and any of them is good.</summary>
    private byte[]? KeyIn(IReadOnlyDictionary<string, string> environment)
    {
        string[] keys = environment.GetValueOrDefault(CommandDefinitions.KeyVariable, "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (keys.Length == 0 || !_command.Options.Contains(CommandDefinitions.Key))
            return null;
        byte[] key = PublishKeys.Read(keys[0], out string? mistake);
        if (mistake is not null)
            Mistakes.Add(CommandDefinitions.KeyVariable, mistake);
        return key;
    }
}
