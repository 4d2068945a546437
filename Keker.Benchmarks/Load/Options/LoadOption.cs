namespace Keker.Benchmarks.Load.Options;

/// <summary>One option of the command line.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Modes">Where it means something.</param>
/// <param name="Wanted">What the value has to be, for the message about one that is not; null when the option takes none.</param>
/// <param name="Set">Returns the options with the value, or null when it is not what is wanted.</param>
internal sealed record LoadOption(string Name, LoadMode Modes, string? Wanted, Func<LoadOptions, string, LoadOptions?> Set)
{
    public bool TakesValue => Wanted is not null;
}
