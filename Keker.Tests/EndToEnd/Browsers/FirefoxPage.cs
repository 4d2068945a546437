using System.Text.Json.Nodes;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>A page in Firefox.</summary>
internal sealed class FirefoxPage : BrowserPage
{
    private readonly BrowserWire _bidi;
    private readonly string _context;

    private FirefoxPage(BrowserWire bidi, string context)
    {
        _bidi = bidi;
        _context = context;
        bidi.Happened += OnEvent;
    }

    public static async Task<FirefoxPage> OpenAsync(BrowserWire bidi, Uri url)
    {
        JsonNode created = await bidi.CallAsync("browsingContext.create", new JsonObject { ["type"] = "window" });
        var page = new FirefoxPage(bidi, (string)created["context"]!);
        await page.NavigateAsync(url);
        return page;
    }

    public override async Task<string> EvaluateAsync(string expression)
    {
        JsonNode answer = await _bidi.CallAsync("script.evaluate", new JsonObject
        {
            ["expression"] = expression,
            ["target"] = new JsonObject { ["context"] = _context },
            ["awaitPromise"] = true,
        });
        Assert.That((string?)answer["type"], Is.EqualTo("success"), () => $"{expression}\n{answer}");
        return Written(answer["result"]!);
    }

    public override Task NavigateAsync(Uri url) =>
        _bidi.CallAsync("browsingContext.navigate", new JsonObject { ["context"] = _context, ["url"] = url.ToString(), ["wait"] = "complete" });

    public override Task GoBackAsync() => _bidi.CallAsync("browsingContext.traverseHistory", new JsonObject { ["context"] = _context, ["delta"] = -1 });

    private static string Written(JsonNode value) => value["value"]?.ToString() ?? "";

    private void OnEvent(string session, string name, JsonNode parameters)
    {
        if (name == "log.entryAdded" && (string?)parameters["source"]!["context"] == _context && (string?)parameters["type"] == "console")
            Heard(string.Join(' ', parameters["args"]!.AsArray().Select(argument => Written(argument!))));
    }
}
