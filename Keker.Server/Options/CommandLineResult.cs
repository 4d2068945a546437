namespace Keker.Server.Options;

/// <summary>What came of the command line: options to run with, or, when they are null, the status to exit with at once.</summary>
internal readonly record struct CommandLineResult(KekerOptions? Options, int ExitCode)
{
    /// <summary>Not to serve, but to ask whether this server lives, or that at its own address where it is empty; null where it is to serve.</summary>
    public string? Health { get; init; }
}
