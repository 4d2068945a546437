using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Keker.Tests.EndToEnd.Module;

/// <summary>The package for npm that ./build.sh package makes.</summary>
[Platform("Linux,MacOsX", Reason = "it is a script for bash")]
internal sealed class ModulePackageTests
{
    private TempDirectory _root = null!;

    [SetUp]
    public async Task MakePackageAsync()
    {
        _root = new TempDirectory();
        Directory.CreateDirectory(_root.File("Keker.Server/Web"));
        Directory.CreateDirectory(_root.File("app"));
        Directory.CreateDirectory(_root.File("Keker.Server/Packaging"));
        foreach (string file in (string[])["build.sh", "LICENSE", "Keker.Server/Packaging/npm.sh", "Keker.Server/Packaging/common.sh", .. Directory.EnumerateFiles(Web).Select(file => Path.GetRelativePath(ReadmeFile.Root, file))])
            File.Copy(Path.Combine(ReadmeFile.Root, file), _root.File(file));
        await RunAsync("bash", "build.sh", "package", "npm");
    }

    [TearDown]
    public void Drop() => _root.Dispose();

    private static string Web => Path.Combine(ReadmeFile.Root, "Keker.Server", "Web");

    private static string Version =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Web, "package.json"))).RootElement.GetProperty("version").GetString()!;

    private string Package => _root.File($"out/packages/keker-{Version}.tgz");

    [Test]
    public void It_has_the_version_of_kekerd() =>
        Assert.That(File.ReadAllText(Path.Combine(ReadmeFile.Root, "Directory.Build.props")), Does.Contain($"<Version>{Version}</Version>"));

    [Test]
    public void It_has_what_npm_wants_and_nothing_else()
    {
        using var unpacked = new GZipStream(File.OpenRead(Package), CompressionMode.Decompress);
        using var reader = new TarReader(unpacked);
        List<string> files = [];
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                files.Add(entry.Name);
        }
        Assert.That(files, Is.EquivalentTo(new[] { "package/LICENSE", "package/README.md", "package/keker.d.ts", "package/keker.js", "package/package.json" }));
    }

    [Test]
    public async Task An_app_imports_it_by_its_name()
    {
        Need("npm");
        await InstallAsync();
        await File.WriteAllTextAsync(_root.File("app/app.mjs"), "import { Keker } from 'keker'; console.log(typeof Keker);");
        Assert.That(await RunAsync("node", "app.mjs"), Is.EqualTo("function\n"));
    }

    [Test]
    public async Task Its_types_are_found_by_its_name_and_fit_its_own_example()
    {
        Need("npm");
        Need("tsc");
        await InstallAsync();
        string example = File.ReadAllText(Path.Combine(Web, "README.md")).Split("```")[1]["js\n".Length..];
        await File.WriteAllTextAsync(_root.File("app/right.ts"), example);
        await File.WriteAllTextAsync(_root.File("app/wrong.ts"), example.Replace("keker.subscribe(\"match-17\"", "keker.subscribe(17", StringComparison.Ordinal));
        string[] options = ["--strict", "--noEmit", "--target", "es2022", "--module", "node16", "--moduleResolution", "node16", "--lib", "es2022,dom"];
        await RunAsync("tsc", [.. options, "right.ts"]);
        Assert.That(await RunAsync("tsc", exitCode: 2, [.. options, "wrong.ts"]), Does.Contain("wrong.ts"));
    }

    private static void Need(string program)
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program))))
            Assert.Ignore($"no {program} on PATH");
    }

    private async Task InstallAsync()
    {
        await File.WriteAllTextAsync(_root.File("app/package.json"), """{ "type": "module" }""");
        await RunAsync("npm", "install", "--offline", "--no-audit", "--no-fund", "--cache", _root.File("npm"), Package);
    }

    private Task<string> RunAsync(string program, params string[] arguments) => RunAsync(program, exitCode: 0, arguments);

    private async Task<string> RunAsync(string program, int exitCode, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = program == "bash" ? _root.Path : _root.File("app"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> said = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().Soon(program);
        Assert.That(process.ExitCode, Is.EqualTo(exitCode), output + await said);
        return output;
    }
}
