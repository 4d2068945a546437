using System.ComponentModel;
using System.Diagnostics;

namespace Keker.Tests.EndToEnd.Recipes;

/// <summary>A language in which the manual has recipes, and what this machine runs them with.</summary>
/// <param name="Heading">The heading above its recipes.</param>
/// <param name="Fence">What stands after the fence of a recipe.</param>
/// <param name="File">The name that a recipe has to have.</param>
/// <param name="Commands">Programs that can run it, with their arguments but for the file; the first one that is fit is taken.</param>
/// <param name="Probe">Arguments with which a program that is fit ends well.</param>
/// <param name="Packages">What has to be installed on Debian where none is.</param>
internal sealed record RecipeRuntime(string Heading, string Fence, string File, string[][] Commands, string[] Probe, string Packages)
{
    /// <summary>Compilers take their time, above all for the first one of a day on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public static readonly RecipeRuntime Node = new("Node", "js", "recipe.mjs", [["node"]], ["--version"], "nodejs");

    public static readonly RecipeRuntime Php = new("PHP", "php", "recipe.php", [["php"]], ["-r", "exit(function_exists('curl_init') ? 0 : 1);"], "php-cli php-curl");

    /// <summary>The one of the system has its packages, where another one comes first.</summary>
    public static readonly RecipeRuntime Python = new("Python", "python", "recipe.py", [["python3"], ["/usr/bin/python3"]], ["-c", "import jwt"], "python3-jwt");

    public static readonly RecipeRuntime Go = new("Go", "go", "recipe.go", [["go", "run"]], ["version"], "golang-go");

    public static readonly RecipeRuntime Ruby = new("Ruby", "ruby", "recipe.rb", [["ruby"]], ["--version"], "ruby");

    /// <summary>With a compiler: a recipe is run as it was written.</summary>
    public static readonly RecipeRuntime Java = new("Java", "java", "Recipe.java", [["java"]], ["--add-modules", "jdk.compiler", "--version"], "default-jdk-headless");

    public static readonly RecipeRuntime DotNet = new(".NET", "csharp", "recipe.cs", [["dotnet", "run"]], ["--version"], "dotnet-sdk-10.0");

    public override string ToString() => Heading;

    /// <summary>Runs a program to its end.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public async Task<ExitedProcess> RunAsync(string program, TempDirectory folder, string key = "")
    {
        using Process process = await StartAsync(program, folder, key);
        return await EndAsync(process);
    }

    /// <summary>Starts a program, which whoever calls ends; the test is ignored where nothing here can run it.</summary>
    /// <param name="program">Its text.</param>
    /// <param name="folder">Where it is written to.</param>
    /// <param name="key">The value of the variable KEY.</param>
    public async Task<Process> StartAsync(string program, TempDirectory folder, string key = "")
    {
        string[]? command = await FindAsync();
        if (command is null)
            Assert.Ignore($"no {Heading} that can run it: on Debian, apt-get install {Packages}");
        await System.IO.File.WriteAllTextAsync(folder.File(File), program);
        return Start([.. command!, File], folder.Path, key);
    }

    private async Task<string[]?> FindAsync()
    {
        foreach (string[] command in Commands)
        {
            try
            {
                using Process process = Start([command[0], .. Probe], Path.GetTempPath(), key: "");
                if ((await EndAsync(process)).Status == 0)
                    return command;
            }
            catch (Win32Exception)
            {
                // There is no such program.
            }
        }
        return null;
    }

    private static Process Start(string[] command, string folder, string key)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["KEY"] = key,

                // A build leaves no servers behind that hold the outputs open, and says nothing but what the program says.
                ["MSBUILDDISABLENODEREUSE"] = "1",
                ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
                ["UseSharedCompilation"] = "false",
                ["DOTNET_NOLOGO"] = "1",
            },
        };

        // Of the dotnet that runs the tests.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.Ordinal) || name == "MSBUILD_EXE_PATH").ToArray())
            start.Environment.Remove(name);
        var process = new Process { StartInfo = start };
        process.Start();
        process.StandardInput.Close();
        return process;
    }

    private static async Task<ExitedProcess> EndAsync(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return new ExitedProcess(process.ExitCode, await output, await errors);
    }
}
