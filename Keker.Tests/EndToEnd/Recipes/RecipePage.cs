using System.Text.RegularExpressions;

namespace Keker.Tests.EndToEnd.Recipes;

/// <summary>Programs on a page of the manual, as a reader copies them.</summary>
internal static class RecipePage
{
    /// <summary>The last block of a language under a heading of a page.</summary>
    /// <param name="page">The name of the file in the manual.</param>
    /// <param name="heading">The heading without its number signs.</param>
    /// <param name="fence">What stands after the fence.</param>
    /// <param name="replacements">What is another here than on the reader's machine.</param>
    public static string Program(string page, string heading, string fence, params (string Theirs, string Ours)[] replacements)
    {
        string text = File.ReadAllText(Path.Combine(ReadmeFile.Root, "Keker.Server", "Manual", page));
        string section = Regex.Match(text, $"^#+ {Regex.Escape(heading)}\n(.*?)(?=^#+ [A-Z.]|\\z)", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
        MatchCollection blocks = Regex.Matches(section, $"^```{fence}\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.That(blocks, Is.Not.Empty, $"{page} has no {fence} under '{heading}'");
        string program = blocks[^1].Groups[1].Value;
        foreach ((string theirs, string ours) in replacements)
        {
            Assert.That(program, Does.Contain(theirs), $"{page}, '{heading}'");
            program = program.Replace(theirs, ours, StringComparison.Ordinal);
        }
        return program;
    }
}
