using System.Text.RegularExpressions;
using Keker.Tests.EndToEnd;

namespace Keker.Tests;

/// <summary>What the documents point to is there, and their lines are short.</summary>
internal sealed partial class ManualTests
{
    private const string Map = "Keker.Server/Manual/inside.md";
    private const int MostColumns = 159;
    private const int MostLinesOfReadme = 150;

    [Test]
    public void The_map_names_files_that_are_there()
    {
        string[] sources = [.. Directory.EnumerateFiles(ReadmeFile.Root, "*.cs", SearchOption.AllDirectories)
            .Select(file => '/' + Path.GetRelativePath(ReadmeFile.Root, file).Replace('\\', '/').Replace("Keker.Protocol/", "Keker.Server/Protocol/", StringComparison.Ordinal))];
        string[] named = [.. SourceFile().Matches(Read(Map)).Select(match => match.Groups[1].Value)];
        Assert.That(named, Has.Length.GreaterThan(40));
        Assert.That(named.Where(name => !Array.Exists(sources, file => file.EndsWith('/' + name, StringComparison.Ordinal))), Is.Empty);
    }

    [Test]
    public void Every_link_leads_somewhere()
    {
        string[] broken = [.. ReadmeFile.Files.SelectMany(file => Link().Matches(Read(file)).Select(match => (File: file, To: match.Groups[1].Value)))
            .Where(link => !Leads(link.File, link.To)).Select(link => $"{link.File}: {link.To}")];
        Assert.That(broken, Is.Empty);
    }

    [Test]
    public void Lines_are_short()
    {
        string[] tooLong = [.. ReadmeFile.Files.SelectMany(file => Read(file).Split('\n').Select((line, index) => (Where: $"{file}:{index + 1}", line.Length)))
            .Where(line => line.Length > MostColumns).Select(line => line.Where)];
        Assert.That(tooLong, Is.Empty);
    }

    [Test]
    public void The_README_is_short() => Assert.That(Read("README.md").TrimEnd('\n').Split('\n'), Has.Length.LessThanOrEqualTo(MostLinesOfReadme));

    [Test]
    public void The_README_leads_to_every_page_of_the_manual()
    {
        IEnumerable<string> linked = Link().Matches(Read("README.md")).Select(match => match.Groups[1].Value.Split('#')[0]);
        Assert.That(ReadmeFile.Files.Skip(1), Is.SubsetOf(linked));
    }

    private static bool Leads(string file, string to)
    {
        string[] parts = to.Split('#');
        string target = parts[0].Length == 0 ? file : Path.Combine(Path.GetDirectoryName(file)!, parts[0]);
        return File.Exists(Path.Combine(ReadmeFile.Root, target))
            && (parts.Length == 1 || Heading().Matches(Read(target)).Any(match => Anchor(match.Groups[1].Value) == parts[1]));
    }

    /// <summary>As GitHub makes them of headings.</summary>
    private static string Anchor(string heading) => NoAnchor().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    private static string Read(string file) => File.ReadAllText(Path.Combine(ReadmeFile.Root, file));

    [GeneratedRegex(@"`([\w/.]+\.cs)`")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"\]\(([^):]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("[^a-z0-9 -]")]
    private static partial Regex NoAnchor();
}
