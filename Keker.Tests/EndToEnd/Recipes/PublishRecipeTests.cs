using System.Net;

namespace Keker.Tests.EndToEnd.Recipes;

/// <summary>The programs of backends.md that publish one message: each outcome is one, and a key that is not good is a failure.</summary>
internal sealed class PublishRecipeTests
{
    private const string Page = "backends.md";
    private const string Token = "alice-7f3a9c";
    private const string Body = "{\"unread\":3}";
    private const string Key = "a-key-of-the-backend";

    private static readonly RecipeRuntime[] Languages =
    [
        RecipeRuntime.Python, RecipeRuntime.Node, RecipeRuntime.Go, RecipeRuntime.Php, RecipeRuntime.Java, RecipeRuntime.Ruby, RecipeRuntime.DotNet,
    ];

    [TestCaseSource(nameof(Languages))]
    public async Task It_tells_the_outcomes_apart_from_failures(RecipeRuntime language)
    {
        using var folder = new TempDirectory();
        IPEndPoint address;
        string program;
        await using (KekerProcess keker = await KekerProcess.StartAsync("--publish-key", Key))
        {
            address = keker.EndPoint;
            program = RecipePage.Program(Page, language.Heading, language.Fence, ("localhost:3498", $"{address}"));

            Assert.That(await RunAsync(language, program, folder), Does.StartWith("202 ").And.Contain("\"cached\":1"));
            await using RawWebSocket session = await RawWebSocket.ConnectAsync(keker.EndPoint);
            await session.SendTextAsync($"HELLO {Token}");
            await session.ExpectTextAsync(Body);

            Assert.That(await RunAsync(language, program, folder), Does.StartWith("200 ").And.Contain("\"sessions\":1"));
            await session.ExpectTextAsync(Body);

            ExitedProcess refused = await language.RunAsync(program, folder, "another-key");
            Assert.That(refused.Status, Is.Not.Zero);
            Assert.That(refused.Output + refused.Errors, Does.Contain("401").Or.Contain("Authorization"));
        }

        // Where nothing waits, nobody who is absent can get it.
        await using KekerProcess forgetful = await KekerProcess.StartAsync("--listen", $"{address}", "--publish-key", Key, "--cache-size", "0");
        Assert.That(await RunAsync(language, program, folder), Does.StartWith("404 ").And.Contain("\"cached\":0"));
    }

    private static async Task<string> RunAsync(RecipeRuntime language, string program, TempDirectory folder)
    {
        ExitedProcess run = await language.RunAsync(program, folder, Key);
        Assert.That(run.Status, Is.Zero, run.Output + run.Errors);
        return run.OutputLines[^1];
    }
}
