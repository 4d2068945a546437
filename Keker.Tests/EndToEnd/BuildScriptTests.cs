using System.Diagnostics;

namespace Keker.Tests.EndToEnd;

/// <summary>./build.sh on a checkout of two files, with a dotnet that only says what it was asked for.</summary>
[Platform("Linux,MacOsX", Reason = "it is a script for bash")]
internal sealed class BuildScriptTests
{
    private const string Dotnet = """
        #!/bin/sh
        case $1 in
            --list-sdks) echo "10.0.100 [/sdk]" ;;
            --version) cat sdk-version ;;
            publish)
                echo published >> published
                mkdir out
                printf '#!/bin/sh\necho "kekerd $*"\n' > out/kekerd
                chmod +x out/kekerd ;;
        esac
        """;

    private TempDirectory _root = null!;
    private Dictionary<string, string> _variables = null!;

    [SetUp]
    public async Task MakeCheckoutAsync()
    {
        _root = new TempDirectory();
        _variables = [];
        foreach (string folder in new[] { "bin", "Keker.Protocol", "Keker.Server/obj" })
            Directory.CreateDirectory(_root.File(folder));
        File.Copy(Path.Combine(ReadmeFile.Root, "build.sh"), _root.File("build.sh"));
        await WriteAsync("bin/dotnet", Dotnet);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_root.File("bin/dotnet"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (string file in new[] { "Keker.Protocol/One.cs", "Keker.Server/Two.cs", "Keker.Server/obj/made.cs", "Directory.Build.props", "README.md", "sdk-version" })
            await WriteAsync(file, $"{file}, first");
    }

    [TearDown]
    public void DropCheckout() => _root.Dispose();

    [Test]
    public async Task A_run_says_that_it_builds_and_the_next_one_starts_at_once()
    {
        (string output, string said) = await RunAsync();
        Assert.That(output, Is.EqualTo("kekerd --listen here\n"));
        Assert.That(said, Does.Contain("building out/kekerd"));

        await WriteAsync("README.md", "not a part of it");
        await WriteAsync("Keker.Server/obj/made.cs", "made by a build");
        (output, said) = await RunAsync();
        Assert.That(output, Is.EqualTo("kekerd --listen here\n"));
        Assert.That(said, Does.Contain("up to date"));
        Assert.That(Builds, Is.EqualTo(1));
    }

    [TestCase("Keker.Protocol/One.cs")]
    [TestCase("Keker.Server/Two.cs")]
    [TestCase("Keker.Server/sub/Three.cs")]
    [TestCase("Directory.Build.props")]
    [TestCase("global.json")]
    [TestCase("sdk-version")]
    [TestCase("out/kekerd")]
    public async Task What_has_changed_is_built_again(string file)
    {
        await RunAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(_root.File(file))!);
        await WriteAsync(file, "#!/bin/sh\necho stale");

        (string output, _) = await RunAsync();

        Assert.That(output, Is.EqualTo("kekerd --listen here\n"));
        Assert.That(Builds, Is.EqualTo(2));
    }

    [Test]
    public async Task A_file_that_is_gone_or_has_another_name_is_a_change()
    {
        await RunAsync();
        File.Move(_root.File("Keker.Server/Two.cs"), _root.File("Keker.Server/Renamed.cs"));
        await RunAsync();
        File.Delete(_root.File("Keker.Server/Renamed.cs"));
        await RunAsync();
        Assert.That(Builds, Is.EqualTo(3));
    }

    [Test]
    public async Task A_variable_that_a_build_heeds_is_a_change()
    {
        await RunAsync();
        _variables["DOTNET_SOMETHING"] = "1";
        await RunAsync();
        Assert.That(Builds, Is.EqualTo(2));
    }

    private int Builds => File.ReadAllLines(_root.File("published")).Length;

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(_root.File(file), text);

    private async Task<(string Output, string Said)> RunAsync()
    {
        var start = new ProcessStartInfo("bash", [_root.File("build.sh"), "run", "--listen", "here"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PATH"] = $"{_root.File("bin")}:{Environment.GetEnvironmentVariable("PATH")}" },
        };
        foreach ((string name, string value) in _variables)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> said = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().Soon("build.sh");
        Assert.That(process.ExitCode, Is.Zero, await said);
        return (await output, await said);
    }
}
