namespace Keker.Server.Options;

/// <summary>What the help text and the manual page tell of an option. Immutable.</summary>
/// <param name="Name">The long name with its dashes.</param>
/// <param name="ArgumentName">What the help text calls the value; empty for an option without one.</param>
/// <param name="Meaning">The line of the help text, without the default.</param>
internal record OptionText(string Name, string ArgumentName, string Meaning)
{
    public string? ShortName { get; init; }

    /// <summary>The default as the help text shows it; null where there is nothing to tell.</summary>
    public string? Default { get; init; } = "none";

    public bool Repeatable { get; init; }

    /// <summary>Its value is told to nobody: what goes to standard error ends up in a log.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Name and argument as they are typed.</summary>
    public string Usage => ArgumentName.Length == 0 ? Name : $"{Name} {ArgumentName}";

    /// <summary>The whole meaning.</summary>
    public string FullMeaning => Meaning + (Repeatable ? "; may be repeated" : "") + (Default is null ? "" : $" (default {Default})");
}
