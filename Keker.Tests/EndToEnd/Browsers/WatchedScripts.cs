namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>Scripts of pages that say everything that happens to them, as <see cref="WatchedPage"/> hears it.</summary>
internal static class WatchedScripts
{
    private const string Say = "const say = (...words) => console.log([Date.now(), ...words].join(' ')); say('load');\n";

    /// <summary>With keker.js.</summary>
    /// <param name="module">Where it is.</param>
    /// <param name="server">Host and port for the WebSocket.</param>
    /// <param name="name">Name of a topic, and the token unless an expression for that is given.</param>
    /// <param name="token">The expression.</param>
    public static string Module(string module, string server, string name, string? token = null) =>
        $$"""
        </script><script type=module>
        {{Say}}
        import { Keker } from "http://{{module}}/keker.js";
        const keker = new Keker("ws://{{server}}/v1/subscribe", { token: {{token ?? $"'{name}'"}} });
        for (const event of ["state", "error"]) keker.on(event, (value) => say(event, value));
        keker.on("gap", ({ topic }) => say("gap", topic === "-" ? "token" : "topic"));
        keker.on("message", (data) => say("got", data));
        keker.subscribe("{{name}}", (data) => say("got", data));
        """;

    /// <summary>With the manual's function for a bare WebSocket, which subscribes to a topic, too.</summary>
    /// <inheritdoc cref="Module"/>
    public static string Bare(string server, string name)
    {
        string manual = ReadmeFile.Example("Reconnecting", "js")
            .Replace("localhost:3498", server, StringComparison.Ordinal)
            .Replace("alice-7f3a9c", name, StringComparison.Ordinal)
            .Replace("console.log(data)", "say('got', data)", StringComparison.Ordinal)
            .Replace("socket.send(`HELLO ${token}`)", $"socket.send(`HELLO ${{token}}`); socket.send('SUBSCRIBE {name}'); say('state', 'connected')", StringComparison.Ordinal);
        Assert.That(manual, Does.Contain("SUBSCRIBE").And.Contain("say('got'"), "the manual's snippet has another form now");
        return Say + manual;
    }
}
