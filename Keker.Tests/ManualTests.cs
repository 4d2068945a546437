using System.Text.RegularExpressions;
using Keker.Tests.EndToEnd;

namespace Keker.Tests;

/// <summary>What the documents point to is there.</summary>
internal sealed partial class ManualTests
{
    private const string Map = "Keker.Server/Manual/inside.md";

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
        string[] broken = [.. ReadmeFile.Files.Append(Map).SelectMany(file => Link().Matches(Read(file)).Select(match => (File: file, To: match.Groups[1].Value)))
            .Where(link => !Leads(link.File, link.To)).Select(link => $"{link.File}: {link.To}")];
        Assert.That(broken, Is.Empty);
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
