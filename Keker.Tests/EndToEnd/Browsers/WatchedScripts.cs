namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>Scripts of pages that say everything that happens to them, as <see cref="WatchedPage"/> hears it.</summary>
internal static class WatchedScripts
{
    /// <summary>With keker.js.</summary>
    /// <param name="module">Where it is.</param>
    /// <param name="server">Host and port for the WebSocket.</param>
    /// <param name="name">Name of a topic and, unless something else is given, the token.</param>
    /// <param name="token">The token as an expression, which may use <c>say</c>.</param>
    public static string Module(string module, string server, string name, string? token = null) =>
        $$"""
        </script><script type=module>
        {{Say("console.log")}}
        addEventListener("pageshow", ({ persisted }) => persisted && say("restored"));
        {{Lines(module, server, name, token ?? $"'{name}'")}}
        """;

    /// <summary>With keker.js in a worker.</summary>
    /// <inheritdoc cref="Module"/>
    public static string Worker(string module, string server, string name) =>
        $$"""
        const script = new Blob([`{{Say("postMessage")}}{{Lines(module, server, name, $"'{name}'")}}`], { type: "text/javascript" });
        new Worker(URL.createObjectURL(script), { type: "module" }).onmessage = ({ data }) => console.log(data);
        """;

    /// <summary>With the manual's function for a bare WebSocket, which subscribes to a topic, too.</summary>
    /// <inheritdoc cref="Module"/>
    public static string Bare(string server, string name)
    {
        string manual = ReadmeFile.Example("Reconnecting", "js")
            .Replace("localhost:3498", server, StringComparison.Ordinal)
            .Replace("alice-7f3a9c", name, StringComparison.Ordinal)
            .Replace("console.log(data)", "say('got', data)", StringComparison.Ordinal)
            .Replace($"socket.send(\"HELLO {name}\")", $"{{{{ socket.send('HELLO {name}'); socket.send('SUBSCRIBE {name}'); say('state', 'connected'); }}}}", StringComparison.Ordinal);
        Assert.That(manual, Does.Contain("SUBSCRIBE").And.Contain("say('got'"), "the manual's snippet has another form now");
        return Say("console.log") + manual;
    }

    /// <summary>Each line has a time and a number, and is kept: what a page says while it goes away may not be heard, so the next one says it again.</summary>
    /// <remarks>A worker has no localStorage.</remarks>
    private static string Say(string how) =>
        $$"""
        const lines = [];
        try { lines.push(...JSON.parse(localStorage.lines)); } catch {}
        for (const line of lines) {{how}}(line);
        const say = (...words) => {
          lines.push([Date.now(), lines.length, ...words].join(" "));
          {{how}}(lines.at(-1));
          try { localStorage.lines = JSON.stringify(lines); } catch {}
        };
        say("load");

        """;

    private static string Lines(string module, string server, string name, string token) =>
        $$"""
        import { Keker } from "http://{{module}}/keker.js";
        const keker = new Keker("ws://{{server}}/v1/subscribe", { token: {{token}} });
        for (const event of ["state", "error"]) keker.on(event, (value) => say(event, value));
        keker.on("gap", ({ topic }) => say("gap", topic === "-" ? "token" : "topic"));
        keker.on("message", (data) => say("got", data));
        keker.subscribe("{{name}}", (data) => say("got", data));
        """;
}
