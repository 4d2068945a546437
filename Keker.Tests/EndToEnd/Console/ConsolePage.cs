using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keker.Tests.EndToEnd.Browsers;

namespace Keker.Tests.EndToEnd.Console;

/// <summary>The console in a browser, as somebody uses it who has a keyboard only.</summary>
internal sealed class ConsolePage(ChromiumPage page) : IAsyncDisposable
{
    private const int MostTabs = 80;

    /// <summary>Where screenshots go; none are taken where it is not set.</summary>
    private static readonly string? Screenshots = Environment.GetEnvironmentVariable("KEKER_SCREENSHOTS");

    public string[] Errors => page.Errors;

    /// <summary>Opens the console, and where it asks for a key types that.</summary>
    public static async Task<ConsolePage> OpenAsync(Chromium chromium, IPEndPoint server, string? key = null, string view = "overview")
    {
        var console = new ConsolePage(await chromium.OpenPageAsync(new Uri($"http://{server}/#{view}")));
        if (key is not null)
            await console.UnlockAsync(key);
        await console.WaitForAsync("document.querySelector('nav a[aria-current]')");
        return console;
    }

    public async Task UnlockAsync(string key)
    {
        await WaitForAsync("document.activeElement?.type === 'password'");
        await TypeAsync(key);
        await PressAsync("Enter");
    }

    /// <summary>Closes it: a browser has six connections for one server, and each console takes one.</summary>
    public async ValueTask DisposeAsync() => await page.CallAsync("Page.close");

    /// <summary>Waits until an expression is true on the page.</summary>
    public async Task WaitForAsync(string expression)
    {
        string found = await EvaluateAsync(
            $$"""
            new Promise((resolve) => {
              const end = Date.now() + {{Patience.Limit.TotalMilliseconds / 2}};
              const look = () => ({{expression}}) ? resolve("yes") : Date.now() > end ? resolve(document.body.innerText) : setTimeout(look, 30);
              look();
            })
            """);
        Assert.That(found, Is.EqualTo("yes"), expression);
    }

    /// <summary>Waits until the page shows a text, which may go over several elements.</summary>
    public Task WaitForTextAsync(string text) => WaitForAsync($"document.body.innerText.replace(/\\s+/g, ' ').includes({JsonSerializer.Serialize(text)})");

    public Task<string> EvaluateAsync(string expression) => page.EvaluateAsync(expression);

    /// <summary>All that the page shows, white space folded.</summary>
    public Task<string> ReadAsync() => EvaluateAsync("document.body.innerText.replace(/\\s+/g, ' ')");

    /// <summary>Goes to a view by the keyboard, through the links at the top.</summary>
    public async Task GoAsync(string title)
    {
        await EvaluateAsync("document.activeElement?.blur()");
        await TabToAsync(title);
        await PressAsync("Enter");
        await WaitForAsync($"document.querySelector('h1')?.textContent.includes({JsonSerializer.Serialize(title)})");
    }

    /// <summary>Presses Tab until the focus is on something of this text, or of this label.</summary>
    public async Task TabToAsync(string text)
    {
        for (int i = 0; i < MostTabs; i++)
        {
            await PressAsync("Tab");
            string focused = await EvaluateAsync("(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()");
            if (focused == text)
                return;
        }
        Assert.Fail($"no Tab leads to '{text}': {await ReadAsync()}");
    }

    /// <summary>Puts a text into the field of a label.</summary>
    public async Task FillAsync(string label, string text)
    {
        await EvaluateAsync($"[...document.querySelectorAll('label')].find((each) => each.textContent.trim() === {JsonSerializer.Serialize(label)}).control.select()");
        await TypeAsync(text);
    }

    public Task TypeAsync(string text) => page.CallAsync("Input.insertText", new JsonObject { ["text"] = text });

    public async Task PressAsync(string key)
    {
        int code = key switch { "Enter" => 13, "Tab" => 9, "Escape" => 27, "ArrowLeft" => 37, _ => throw new ArgumentOutOfRangeException(nameof(key), key, null) };
        var down = new JsonObject { ["type"] = "keyDown", ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code };
        if (key == "Enter")
            down["text"] = "\r";
        await page.CallAsync("Input.dispatchKeyEvent", down);
        await page.CallAsync("Input.dispatchKeyEvent", new JsonObject { ["type"] = "keyUp", ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code });
    }

    /// <summary>What the person's system prefers.</summary>
    public Task PreferAsync(string scheme) => page.CallAsync("Emulation.setEmulatedMedia", new JsonObject
    {
        ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }),
    });

    public Task ResizeAsync(int width, int height) => page.CallAsync("Emulation.setDeviceMetricsOverride", new JsonObject
    {
        ["width"] = width,
        ["height"] = height,
        ["deviceScaleFactor"] = 1,
        ["mobile"] = width < 500,
    });

    /// <summary>Keeps what the page looks like, for people who want to see it.</summary>
    public async Task ShowAsync(string name)
    {
        if (Screenshots is null)
            return;
        JsonNode shot = await page.CallAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" });
        await File.WriteAllBytesAsync(Path.Combine(Screenshots, $"{name}.png"), Convert.FromBase64String((string)shot["data"]!));
    }
}
