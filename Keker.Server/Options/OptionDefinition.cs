namespace Keker.Server.Options;

/// <summary>One option of the server: its names, its line in the help text, and how its values change the options. Immutable.</summary>
/// <param name="Name">The long name with its dashes.</param>
/// <param name="ArgumentName">What the help text calls the value.</param>
/// <param name="Meaning">The line of the help text, without the default.</param>
/// <param name="Apply">Takes the values given, one unless <see cref="Repeatable"/>, and returns the changed options or adds a mistake.</param>
internal sealed record OptionDefinition(
    string Name, string ArgumentName, string Meaning, Func<KekerOptions, IReadOnlyList<GivenValue>, Mistakes, KekerOptions> Apply)
    : OptionText(Name, ArgumentName, Meaning)
{
    /// <summary>The value may be left out, and is then <c>on</c>.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>
    /// The option closes something that is open without it. An empty environment variable then is a mistake and not an option that was
    /// left out: a secret that did not reach its container must not open the door.
    /// </summary>
    public bool GuardsAccess { get; init; }

    public string EnvironmentVariable => EnvironmentOptions.Prefix + Name[2..].Replace('-', '_').ToUpperInvariant();
}
