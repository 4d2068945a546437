namespace Keker.Server.Commands;

/// <summary>One thing that <c>kekerd check</c> has looked at. Immutable.</summary>
/// <param name="Kind">How bad it is.</param>
/// <param name="What">The option and its value, without a word of a secret.</param>
/// <param name="Text">What was found, and what to do.</param>
internal readonly record struct Finding(FindingKind Kind, string What, string Text)
{
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant(),-8} {What}: {Text}";
}
