using System.Diagnostics;

namespace Keker.Tests.EndToEnd;

/// <summary>Runs commands of README.md as a reader would.</summary>
internal static class ReadmeShell
{
    /// <summary>Runs a bash command in the root of the checkout.</summary>
    /// <param name="command">What to type.</param>
    /// <param name="key">The value of the variable KEY.</param>
    /// <returns>Its standard output. The test fails when the command does.</returns>
    public static async Task<string> RunAsync(string command, string key = "")
    {
        var start = new ProcessStartInfo("bash", ["-c", command])
        {
            WorkingDirectory = ReadmeFile.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["KEY"] = key },
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(ReadmeServer.Patience);
        Assert.That(process.ExitCode, Is.Zero, $"{command}\n{await errors}");
        return await output;
    }
}
