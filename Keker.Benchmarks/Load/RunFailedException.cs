namespace Keker.Benchmarks.Load;

/// <summary>A run that cannot go on; the message is for the user.</summary>
internal sealed class RunFailedException(string message) : Exception(message);
