using System.Diagnostics;

namespace Keker.Tests.EndToEnd.Metrics;

/// <summary>The programs of Debian's package prometheus. Where they are not on the PATH, what needs them is ignored.</summary>
internal static class PrometheusTool
{
    /// <summary>Where a program is.</summary>
    public static string Find(string name)
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (found is null)
            Assert.Ignore($"no {name} on PATH: install it (on Debian: apt-get install prometheus)");
        return found!;
    }

    /// <summary>Runs promtool.</summary>
    /// <returns>Its exit status, and all that it says.</returns>
    public static async Task<(int Status, string Said)> CheckAsync(string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo(Find("promtool"), arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().Soon("promtool");
        return (process.ExitCode, await output + await errors);
    }
}
