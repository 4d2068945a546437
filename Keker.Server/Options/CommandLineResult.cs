namespace Keker.Server.Options;

/// <summary>What came of the command line: options to run with, or, when they are null, the status to exit with at once.</summary>
internal readonly record struct CommandLineResult(KekerOptions? Options, int ExitCode);
