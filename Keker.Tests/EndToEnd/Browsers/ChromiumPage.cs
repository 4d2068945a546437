using System.Text.Json.Nodes;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>A page in Chromium.</summary>
internal sealed class ChromiumPage : BrowserPage
{
    private readonly BrowserWire _devTools;
    private readonly string _session;
    private readonly List<string> _errors = [];
    private TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChromiumPage(BrowserWire devTools, string session)
    {
        _devTools = devTools;
        _session = session;
        devTools.Happened += OnEvent;
    }

    public static async Task<ChromiumPage> OpenAsync(BrowserWire devTools, Uri url)
    {
        JsonNode target = await devTools.CallAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank", ["newWindow"] = true });
        var attach = new JsonObject { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true };
        var page = new ChromiumPage(devTools, (string)(await devTools.CallAsync("Target.attachToTarget", attach))["sessionId"]!);
        await page.CallAsync("Runtime.enable");
        await page.CallAsync("Page.enable");
        await page.CallAsync("Log.enable");
        await page.NavigateAsync(url);
        return page;
    }

    /// <summary>What went wrong so far: exceptions that nobody caught, and what the browser would show in red, such as what a policy forbids.</summary>
    public string[] Errors
    {
        get { lock (_errors) return [.. _errors]; }
    }

    public override async Task<string> EvaluateAsync(string expression)
    {
        JsonNode answer = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true });
        Assert.That(answer["exceptionDetails"], Is.Null, () => $"{expression}\n{answer}");
        return answer["result"]!["value"]?.ToString() ?? "";
    }

    public override async Task NavigateAsync(Uri url)
    {
        _loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await CallAsync("Page.navigate", new JsonObject { ["url"] = url.ToString() });
        await _loaded.Task.Soon("the page to load");
    }

    public override async Task GoBackAsync()
    {
        JsonNode history = await CallAsync("Page.getNavigationHistory");
        JsonNode before = history["entries"]![(int)history["currentIndex"]! - 1]!;
        await CallAsync("Page.navigateToHistoryEntry", new JsonObject { ["entryId"] = (int)before["id"]! });
    }

    /// <summary>Calls a method of the DevTools protocol for this page.</summary>
    public Task<JsonNode> CallAsync(string method, JsonObject? parameters = null) => _devTools.CallAsync(method, parameters, _session);

    private void OnEvent(string session, string name, JsonNode parameters)
    {
        if (session != _session)
            return;
        if (name == "Page.loadEventFired")
            _loaded.TrySetResult();
        else if (name == "Runtime.consoleAPICalled")
            Heard(string.Join(' ', parameters["args"]!.AsArray().Select(argument => argument!["value"] ?? argument["description"])));
        else if (name == "Runtime.exceptionThrown")
            AddError(parameters["exceptionDetails"]!.ToJsonString());
        else if (name == "Log.entryAdded" && (string?)parameters["entry"]!["level"] == "error")
            AddError($"{parameters["entry"]!["text"]} {parameters["entry"]!["url"]}");
    }

    private void AddError(string error)
    {
        lock (_errors)
            _errors.Add(error);
    }
}
