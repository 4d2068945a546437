using System.Diagnostics;
using Keker.Tests.EndToEnd.Browsers;

namespace Keker.Tests.EndToEnd.Module;

/// <summary>The snippets of the manual that use keker.js, in a browser, and as TypeScript reads them.</summary>
internal sealed class ModuleManualTests
{
    private const string Heading = "Three lines with /keker.js";
    private const string Token = "alice-7f3a9c";

    private static string ThreeLines => ReadmeFile.Example(Heading, "js");

    private static string Others => ReadmeFile.Examples(Heading, "js").Last();

    [Test]
    public async Task Three_lines_bring_each_message_once_also_over_a_reload()
    {
        await using Chromium chromium = await Chromium.StartAsync();
        await using ReadmeServer server = await ReadmeServer.StartAsync("--cache", "1m");
        using var site = new BrowserPageServer(AsModule(server.Localize(ThreeLines)));
        BrowserPage page = await chromium.OpenAsync(site);
        using var backend = new Backend(server.EndPoint);
        await server.PublishAsync(Token, "1");
        Assert.That(await page.NextConsoleLineAsync(), Is.EqualTo("1"));
        for (int i = 2; i < 6; i++)
        {
            // The page goes, and is not there any more when the message comes.
            await page.EvaluateAsync("dispatchEvent(new Event('pagehide'))");
            await backend.WaitForStatAsync("sessions", count => count == 0);
            await server.PublishAsync(Token, $"{i}");
            await page.EvaluateAsync("location.reload()");
            Assert.That(await page.NextConsoleLineAsync(), Is.EqualTo($"{i}"));
        }
    }

    [Test]
    public async Task The_other_lines_do_what_they_say()
    {
        await using Chromium chromium = await Chromium.StartAsync();
        await using ReadmeServer server = await ReadmeServer.StartAsync();
        string[] lines = Others.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string script = string.Join('\n', [ThreeLines, .. lines[..^2], $"globalThis.end = () => {{ {string.Join(' ', lines[^2..])} }};"]);
        using var site = new BrowserPageServer(AsModule(server.Localize(script)));
        BrowserPage page = await chromium.OpenAsync(site);
        Assert.That(await page.NextConsoleLineAsync(), Is.EqualTo("connecting"));
        Assert.That(await page.NextConsoleLineAsync(), Is.EqualTo("connected"));
        using (var backend = new Backend(server.EndPoint))
            await backend.WaitForStatAsync("topics", count => count == 1);
        await server.PublishAsync("match-17", "2:1", "Topic");
        Assert.That(await page.NextConsoleLineAsync(), Does.Match("^match-17 [0-9a-f]+:1 2:1$"));
        await page.EvaluateAsync("end()");
        Assert.That(await page.NextConsoleLineAsync(), Is.EqualTo("closed"));
    }

    [Test]
    public async Task The_types_fit_them()
    {
        string? compiler = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "tsc")).FirstOrDefault(File.Exists);
        if (compiler is null)
            Assert.Ignore("no tsc on PATH (on Debian: apt-get install node-typescript)");
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder.File("package.json"), """{ "type": "module" }""");
        File.Copy(Path.Combine(ReadmeFile.Root, "Keker.Server", "Web", "keker.d.ts"), folder.File("keker.d.ts"));
        await File.WriteAllTextAsync(folder.File("page.ts"), (ThreeLines + Others).Replace("http://localhost:3498/", "./", StringComparison.Ordinal));
        string[] arguments = ["--strict", "--noEmit", "--target", "es2022", "--module", "node16", "--moduleResolution", "node16", "--lib", "es2022,dom", folder.File("page.ts")];
        using Process process = Process.Start(new ProcessStartInfo(compiler!, arguments) { RedirectStandardOutput = true })!;
        string mistakes = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().Soon("tsc");
        Assert.That((process.ExitCode, mistakes), Is.EqualTo((0, "")));
    }

    private static string AsModule(string script) => $"</script><script type=module>{script}";
}
