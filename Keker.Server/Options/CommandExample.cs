namespace Keker.Server.Options;

/// <summary>An example of a command. Immutable.</summary>
/// <param name="Meaning">What it does.</param>
/// <param name="Line">What is typed; <c>\n</c> between several lines.</param>
internal sealed record CommandExample(string Meaning, string Line);
