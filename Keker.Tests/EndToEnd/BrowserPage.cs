using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Keker.Tests.EndToEnd;

/// <summary>One page in the browser: runs a script and hears what it writes to its console.</summary>
internal sealed class BrowserPage
{
    private readonly BrowserDevTools _devTools;
    private readonly string _session;
    private readonly Channel<string> _console = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BrowserPage(BrowserDevTools devTools, string session)
    {
        _devTools = devTools;
        _session = session;
        devTools.Happened += OnEvent;
    }

    /// <summary>Opens a page on a URL and returns once it is loaded.</summary>
    public static async Task<BrowserPage> OpenAsync(BrowserDevTools devTools, Uri url)
    {
        JsonNode target = await devTools.CallAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var attach = new JsonObject { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true };
        var page = new BrowserPage(devTools, (string)(await devTools.CallAsync("Target.attachToTarget", attach))["sessionId"]!);
        await devTools.CallAsync("Runtime.enable", session: page._session);
        await devTools.CallAsync("Page.enable", session: page._session);
        await devTools.CallAsync("Page.navigate", new JsonObject { ["url"] = url.ToString() }, page._session);
        await page._loaded.Task.WaitAsync(ReadmeServer.Patience);
        return page;
    }

    /// <summary>The next line on the console: the arguments of one call, joined by spaces.</summary>
    public async Task<string> NextConsoleLineAsync() => await _console.Reader.ReadAsync().AsTask().WaitAsync(ReadmeServer.Patience);

    /// <summary>The value of an expression; awaited if it is a promise.</summary>
    public async Task<string> EvaluateAsync(string expression)
    {
        var parameters = new JsonObject { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true };
        JsonNode answer = await _devTools.CallAsync("Runtime.evaluate", parameters, _session);
        Assert.That(answer["exceptionDetails"], Is.Null, () => $"{expression}\n{answer}");
        return answer["result"]!["value"]?.ToString() ?? "";
    }

    private void OnEvent(string session, string name, JsonNode parameters)
    {
        if (session != _session)
            return;
        if (name == "Page.loadEventFired")
            _loaded.TrySetResult();
        else if (name == "Runtime.consoleAPICalled")
            _console.Writer.TryWrite(string.Join(' ', parameters["args"]!.AsArray().Select(argument => argument!["value"] ?? argument["description"])));
    }
}
