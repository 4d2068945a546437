namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>A property of a parser does not hold for some input.</summary>
internal sealed class PropertyException(string message) : Exception(message);
