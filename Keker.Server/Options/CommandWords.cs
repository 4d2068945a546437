using System.Buffers;
using System.CommandLine;
using System.CommandLine.Parsing;

namespace Keker.Server.Options;

/// <summary>What stood on the line of a sub-command. Immutable.</summary>
internal sealed class CommandWords
{
    private static readonly SearchValues<char> OptionLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz-");

    private readonly Dictionary<string, string[]> _values;

    private CommandWords(Dictionary<string, string[]> values, string[] words)
    {
        _values = values;
        Words = words;
    }

    /// <summary>What belongs to no option, in order.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Reads a line. Behind <c>--</c> nothing is an option.</summary>
    /// <param name="command">The command.</param>
    /// <param name="arguments">The arguments behind its name.</param>
    /// <param name="mistakes">Takes what is wrong; no value of an option that is secret is among it.</param>
    public static CommandWords Parse(CommandDefinition command, string[] arguments, Mistakes mistakes)
    {
        int end = Array.IndexOf(arguments, "--");
        (OptionText Text, Option Option)[] options = [.. command.Options.Select(text => (text, ToOption(text)))];
        ParseResult parsed = CommandLine.Cut(end < 0 ? arguments : arguments[..end], options.Select(option => option.Option));

        Dictionary<string, string[]> values = [];
        foreach ((OptionText text, Option option) in options)
        {
            if (parsed.GetResult(option) is { Implicit: false } result)
                values.Add(text.Name, Read(text, result, mistakes));
        }

        // A first word in brackets is a directive to the library.
        string[] others = [.. parsed.Tokens.Where(token => token.Type == TokenType.Directive).Select(token => token.Value), .. parsed.UnmatchedTokens];
        foreach (string unknown in others.Where(IsOption))
            AddUnknown(command, NameIn(unknown), mistakes);
        string[] words = [.. others.Where(other => !IsOption(other)), .. end < 0 ? [] : arguments[(end + 1)..]];
        if (words.Length > command.MostWords && mistakes.Count == 0)
            mistakes.Add("command line", $"{words.Length} words belong to no option, expected {command.FullName} {command.Synopsis}");
        return new CommandWords(values, words);
    }

    public bool Has(OptionText option) => _values.ContainsKey(option.Name);

    /// <summary>All values, in order; empty where the option was not given.</summary>
    public IReadOnlyList<string> ValuesOf(OptionText option) => _values.GetValueOrDefault(option.Name, []);

    /// <summary>The value of an option that may be given once, read.</summary>
    /// <returns>The default of the type where it was not given, or has a mistake.</returns>
    public T? ValueOf<T>(OptionText option, ValueReader<T> read, Mistakes mistakes)
    {
        if (ValuesOf(option) is not [string text])
            return default;
        T value = read(text, out string? mistake);
        if (mistake is null)
            return value;
        mistakes.Add(option.IsSecret ? option.Name : $"{option.Name} {Mistakes.Quote(text)}", mistake);
        return default;
    }

    private static Option<string[]> ToOption(OptionText text)
    {
        string[] aliases = text == CommandDefinitions.Help ? ["-h", "-?"] : text.ShortName is { } shortName ? [shortName] : [];
        ArgumentArity arity = text.ArgumentName.Length == 0 ? ArgumentArity.Zero : ArgumentArity.ZeroOrMore;
        return new Option<string[]>(text.Name, aliases) { Arity = arity };
    }

    private static string[] Read(OptionText text, OptionResult result, Mistakes mistakes)
    {
        string[] values = [.. result.Tokens.Select(token => token.Value)];
        int times = result.IdentifierTokenCount;
        if (text.ArgumentName.Length > 0 && times > values.Length)
            mistakes.Add(text.Name, $"value missing, expected {text.Usage}");
        else if (times > 1 && !text.Repeatable && text.ArgumentName.Length > 0)
            mistakes.Add(text.Name, $"given {times} times, expected once");
        return values;
    }

    /// <summary>A dash alone is a word: standard input.</summary>
    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-';

    private static void AddUnknown(CommandDefinition command, string name, Mistakes mistakes)
    {
        string help = $"see {command.FullName} --help";
        if (name.AsSpan().ContainsAnyExcept(OptionLetters))
            mistakes.Add("command line", $"no such option (not shown, it may be a key that begins with a dash), {help}");
        else
            mistakes.Add(name, $"no such option, the nearest is {Nearest(command, name)}, {help}");
    }

    /// <summary>Without a value.</summary>
    private static string NameIn(string word)
    {
        int end = word.AsSpan().IndexOfAny('=', ':');
        return end < 0 ? word : word[..end];
    }

    private static string Nearest(CommandDefinition command, string name) =>
        Likeness.Nearest("--" + name.TrimStart('-'), command.Options.Select(option => option.Name));
}
