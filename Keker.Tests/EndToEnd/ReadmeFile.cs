using System.Text.RegularExpressions;

namespace Keker.Tests.EndToEnd;

/// <summary>README.md and all pages of the manual: their examples and tables, for tests that hold them to their word.</summary>
internal static partial class ReadmeFile
{
    /// <summary>The root of the checkout, found upwards from the test assembly.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The README, then the pages of the manual, as paths from the root.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        "README.md",
        .. Directory.GetFiles(Path.Combine(Root, "Keker.Server", "Manual"), "*.md").Order(StringComparer.Ordinal).Select(file => Path.GetRelativePath(Root, file)),
    ];

    public static string Text { get; } = string.Join('\n', Files.Select(file => File.ReadAllText(Path.Combine(Root, file))));

    /// <summary>The first fenced block of a language under a heading.</summary>
    /// <param name="heading">The heading without its number signs.</param>
    /// <param name="language">What stands after the fence.</param>
    public static string Example(string heading, string language) => Examples(heading, language).First();

    /// <summary>All fenced blocks of a language under a heading.</summary>
    /// <inheritdoc cref="Example"/>
    public static IEnumerable<string> Examples(string heading, string language) => BlocksOf(Section(heading), language);

    /// <summary>Commands of all shell blocks that call curl, or print what is piped into it, in order, without comments. What goes on in the next line is one.</summary>
    public static IEnumerable<string> CurlCommands() =>
        BlocksOf(Text, "sh").SelectMany(block => block.Replace("\\\n", "", StringComparison.Ordinal).Split('\n'))
            .Where(line => line.StartsWith("curl ", StringComparison.Ordinal) || line.StartsWith("printf ", StringComparison.Ordinal));

    /// <summary>Rows of the first table under a heading, cells trimmed, head and rule left out.</summary>
    public static IReadOnlyList<string[]> Table(string heading) =>
    [
        .. Section(heading).Split('\n')
            .SkipWhile(line => !line.StartsWith('|'))
            .TakeWhile(line => line.StartsWith('|'))
            .Skip(2)
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)),
    ];

    /// <summary>Everything in single backticks outside of fenced blocks.</summary>
    public static IEnumerable<string> CodeSpans() =>
        CodeSpan().Matches(Fence().Replace(Text, "")).Select(match => match.Groups["code"].Value);

    private static IEnumerable<string> BlocksOf(string text, string language) =>
        Fence().Matches(text).Where(match => match.Groups["language"].Value == language).Select(match => match.Groups["code"].Value);

    private static string Section(string heading)
    {
        MatchCollection found = Regex.Matches(Text, $"^#+ {Regex.Escape(heading)}$", RegexOptions.Multiline);
        Assert.That(found, Has.Count.EqualTo(1), $"headings '{heading}' in all documents");
        Match start = found[0];
        string rest = Text[(start.Index + start.Length)..];
        Match next = NextHeading().Match(Fence().Replace(rest, match => new string('x', match.Length)));
        return next.Success ? rest[..next.Index] : rest;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Keker.sln")))
                return directory.FullName;
        }
        throw new InvalidOperationException($"no Keker.sln above {AppContext.BaseDirectory}: run the tests inside the checkout");
    }

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("^#+ ", RegexOptions.Multiline)]
    private static partial Regex NextHeading();

    [GeneratedRegex("`(?<code>[^`\n]+)`")]
    private static partial Regex CodeSpan();
}
