using System.CommandLine;
using System.CommandLine.Parsing;

namespace Keker.Server.Options;

/// <summary>
/// Turns arguments and environment into options. System.CommandLine only cuts the line into options and values: its own messages would
/// repeat the values, and a publish key must not reach a log. Pure but for key files, so it may be called again to reload those.
/// </summary>
internal static class CommandLine
{
    public const int ExitCodeDone = 0;
    public const int ExitCodeMistaken = 2;

    /// <summary>For whoever asks for health and gets no answer, for whatever reason: those who read it know no other.</summary>
    public const int ExitCodeUnhealthy = 1;

    public const string HealthOption = "--health";

    public const string ProgramName = "kekerd";

    /// <param name="arguments">The arguments, without the name of the program.</param>
    /// <param name="environment">All variables; <see cref="EnvironmentOptions.OfProcess"/> has those of the process.</param>
    /// <param name="output">Takes the answer to --help, --version and --man.</param>
    /// <param name="error">Takes one line per mistake, and one per variable that looks like an option and is none.</param>
    public static CommandLineResult Parse(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, TextWriter output, TextWriter error)
    {
        var help = new Option<bool>("--help", "-h", "-?") { Arity = ArgumentArity.Zero };
        var version = new Option<bool>("--version") { Arity = ArgumentArity.Zero };
        var health = new Option<string>(HealthOption) { Arity = ArgumentArity.ZeroOrOne };
        var manual = new Option<bool>("--man") { Arity = ArgumentArity.Zero };
        Dictionary<OptionDefinition, Option> options = OptionDefinitions.All.ToDictionary(definition => definition, ToOption);
        ParseResult parsed = Cut(arguments, [help, version, health, manual, .. options.Values]);

        if (IsGiven(parsed, help))
        {
            HelpText.Write(output, CommandDefinitions.Serve);
            return new CommandLineResult(null, ExitCodeDone);
        }

        if (IsGiven(parsed, version))
        {
            output.WriteLine($"{ProgramName} {KekerVersion.Text}");
            return new CommandLineResult(null, ExitCodeDone);
        }

        // For who makes packages: told nowhere else.
        if (IsGiven(parsed, manual))
        {
            ManualPage.Write(output);
            return new CommandLineResult(null, ExitCodeDone);
        }

        var mistakes = new Mistakes();
        GivenOptions given = Collect(parsed, options, mistakes);
        EnvironmentOptions.AddTo(given, environment, mistakes);
        KekerOptions result = OptionRules.Apply(given.Apply(mistakes), given, mistakes);

        foreach ((string name, string nearest) in EnvironmentOptions.FindUnknown(environment, mistakes))
            error.WriteLine($"{ProgramName}: {Mistakes.Quote(name)}: no such option, the variable is ignored; the nearest is {nearest}");

        foreach (string line in mistakes.Lines)
            error.WriteLine($"{ProgramName}: {line}");

        string? asked = IsGiven(parsed, health) ? parsed.GetValue(health) ?? "" : null;
        return mistakes.Count == 0 ? new CommandLineResult(result, ExitCodeDone) { Health = asked } : new CommandLineResult(null, asked is null ? ExitCodeMistaken : ExitCodeUnhealthy);
    }

    /// <summary>Any number of values is let through, so that missing and surplus ones can be told in our own words.</summary>
    private static Option ToOption(OptionDefinition definition)
    {
        string[] aliases = definition.ShortName is { } shortName ? [shortName] : [];
        return new Option<string[]>(definition.Name, aliases) { Arity = ArgumentArity.ZeroOrMore };
    }

    /// <summary>Cuts a line into options, their values and other words.</summary>
    internal static ParseResult Cut(IReadOnlyList<string> arguments, IEnumerable<Option> options)
    {
        // The library would bring its own --help, --version and directives.
        var command = new RootCommand();
        command.Options.Clear();
        command.Directives.Clear();
        foreach (Option option in options)
            command.Add(option);

        // -timeout must not be read as -t imeout, and @file belongs to --publish-key.
        return command.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
    }

    private static GivenOptions Collect(ParseResult parsed, Dictionary<OptionDefinition, Option> options, Mistakes mistakes)
    {
        // A first word in brackets is a directive to the library, and nothing to us.
        IEnumerable<string> directives = parsed.Tokens.Where(token => token.Type == TokenType.Directive).Select(token => token.Value);
        UnknownWords.AddTo(mistakes, [.. directives, .. parsed.UnmatchedTokens], IsGiven(parsed, options[OptionDefinitions.PublishKey]));

        var given = new GivenOptions();
        foreach ((OptionDefinition definition, Option option) in options)
        {
            if (parsed.GetResult(option) is { Implicit: false } result)
                Add(definition, result, given, mistakes);
        }

        return given;
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static void Add(OptionDefinition definition, OptionResult result, GivenOptions given, Mistakes mistakes)
    {
        GivenValue[] values = [.. result.Tokens.Select(token => new GivenValue(definition.Name, token.Value))];
        int times = result.IdentifierTokenCount;
        if (definition.IsSwitch && times == 1 && values.Length == 0)
            values = [new GivenValue(definition.Name, Values.On)];
        if (times > values.Length)
            mistakes.Add(definition.Name, $"value missing, expected {definition.Name} {definition.ArgumentName}");

        if (times > 1 && !definition.Repeatable)
            mistakes.Add(definition.Name, $"given {times} times{(definition.IsSecret ? "" : $" ({string.Join(", ", values.Select(value => Mistakes.Quote(value.Text)))})")}, expected once");

        if (times > values.Length || (times > 1 && !definition.Repeatable))
            given.AddUnreadable(definition);
        else
            given.Add(definition, values);
    }
}
