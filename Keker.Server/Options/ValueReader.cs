namespace Keker.Server.Options;

/// <summary>Reads one value of an option.</summary>
/// <param name="text">The value as given.</param>
/// <param name="mistake">What would have been accepted, as a phrase that begins with "expected"; null when the value is good.</param>
/// <returns>The value; without meaning when there is a mistake.</returns>
internal delegate T ValueReader<out T>(string text, out string? mistake);
