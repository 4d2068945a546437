using Keker.Tests.EndToEnd.Browsers;
using Keker.Tests.EndToEnd.Signed;

namespace Keker.Tests.EndToEnd.Recipes;

/// <summary>The programs of who-may.md that make a token: kekerd lets in whoever shows what they print.</summary>
internal sealed class TokenRecipeTests
{
    private const string Page = "who-may.md";
    private const string Token = "alice-7f3a9c";

    private static readonly RecipeRuntime[] Languages = [RecipeRuntime.Node, RecipeRuntime.Php, RecipeRuntime.Python, RecipeRuntime.Go, RecipeRuntime.DotNet];

    [TestCaseSource(nameof(Languages))]
    public async Task What_it_prints_is_let_in_and_has_its_topics(RecipeRuntime language)
    {
        await using SignedServer server = await SignedServer.StartAsync();
        using var folder = new TempDirectory();
        string key = server.File("reader.key", server.Maker.FileContent);
        string program = RecipePage.Program(Page, language.Heading, language.Fence, ("/etc/keker/jwt.key", key));

        ExitedProcess run = await language.RunAsync(program, folder);
        Assert.That(run.Status, Is.Zero, run.Output + run.Errors);

        await using RawWebSocket session = await server.ConnectAsync();
        await session.SendTextAsync($"HELLO {run.OutputLines[^1]}");
        Assert.That((await session.ReadAsync()).Text, Does.StartWith("WELCOME "));
        await session.SendTextAsync("SUBSCRIBE match-17");
        Assert.That((await session.ReadAsync()).Text, Does.StartWith("OK SUBSCRIBE match-17 "));
        await session.SendTextAsync("SUBSCRIBE other");
        await session.ExpectTextAsync("ERR not-allowed other");
        using var backend = new Backend(server.Keker.EndPoint);
        Assert.That((await backend.PublishAsync(Token, "for Alice")).Status, Is.EqualTo(200));
        Assert.That((await session.ReadAsync()).Text, Does.EndWith("-\nfor Alice"));
    }

    [Test]
    public async Task A_page_that_fetches_it_gets_its_topic()
    {
        await using SignedServer server = await SignedServer.StartAsync();
        string page = RecipePage.Program(Page, "Tokens from your backend", "js").Replace("localhost:3498", $"{server.Keker.EndPoint}", StringComparison.Ordinal);
        string token = server.Maker.Token($"\"sub\":\"{Token}\",\"subscribe\":[\"match-*\"]");
        await using Chromium chromium = await Chromium.StartAsync();
        using var site = new BrowserPageServer($"globalThis.fetch = async () => new Response('{token}');</script><script type=module>{page}");
        BrowserPage opened = await chromium.OpenAsync(site);
        using var backend = new Backend(server.Keker.EndPoint);
        await backend.WaitForStatAsync("topics", count => count == 1);

        await backend.PublishToTopicAsync("match-17", "2:1");

        Assert.That(await opened.NextConsoleLineAsync(), Is.EqualTo("2:1"));
    }
}
