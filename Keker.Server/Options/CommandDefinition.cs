using System.Collections.Immutable;

namespace Keker.Server.Options;

/// <summary>What the help text and the manual page tell of the server or of a sub-command, and by which options its words are read. Immutable.</summary>
/// <param name="Name">The word; empty for the server itself.</param>
/// <param name="Synopsis">What may stand behind the name.</param>
/// <param name="Summary">A phrase without a subject.</param>
internal sealed record CommandDefinition(string Name, string Synopsis, string Summary)
{
    /// <summary>What else there is to know, a paragraph each.</summary>
    public ImmutableArray<string> Paragraphs { get; init; } = [];

    /// <summary>The options.</summary>
    public ImmutableArray<OptionGroup> Groups { get; init; } = [];

    /// <summary>Most words beside the options.</summary>
    public int MostWords { get; init; }

    public ImmutableArray<CommandExample> Examples { get; init; } = [];

    /// <summary>Each exit status and what it says.</summary>
    public ImmutableArray<(int Status, string Meaning)> Statuses { get; init; } = [];

    /// <summary>As it is called.</summary>
    public string FullName => Name.Length == 0 ? CommandLine.ProgramName : $"{CommandLine.ProgramName} {Name}";

    /// <summary>All options of all groups.</summary>
    public IEnumerable<OptionText> Options => Groups.SelectMany(group => group.Options);
}
