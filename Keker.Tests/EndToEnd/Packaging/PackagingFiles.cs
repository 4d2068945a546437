using System.Diagnostics;

namespace Keker.Tests.EndToEnd.Packaging;

/// <summary>The files of Keker.Server/Packaging, and the scripts among them.</summary>
internal static class PackagingFiles
{
    public static string Folder { get; } = Path.Combine(ReadmeFile.Root, "Keker.Server", "Packaging");

    /// <summary>Names of what operators copy: packages bring all of it.</summary>
    public static IEnumerable<string> Examples =>
        Directory.EnumerateFiles(Folder).Where(file => Path.GetExtension(file) is ".conf" or ".yaml" or ".yml" or ".json").Select(file => Path.GetFileName(file));

    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    /// <summary>Runs a program, which has to end with 0, and returns what it wrote to standard output.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        ExitedProcess run = await TryRunAsync(program, arguments);
        Assert.That(run.Status, Is.Zero, $"{program}: {run.Output}{run.Errors}");
        return run.Output;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ExitedProcess> TryRunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DEB_COMPRESSION"] = "none", ["SOURCE_DATE_EPOCH"] = "1767225600", ["DEBIAN_FRONTEND"] = "noninteractive" },
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().Soon(program);
        return new ExitedProcess(process.ExitCode, await output, await errors);
    }

    /// <summary>Leaves the test out where a program is missing.</summary>
    public static void Need(string program)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin", "/sbin"];
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, program))))
            Assert.Ignore($"no {program} on PATH");
    }
}
