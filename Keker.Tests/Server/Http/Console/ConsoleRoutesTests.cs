using System.Text;
using Keker.Server.Http.Endpoints;
using Keker.Server.Options;

namespace Keker.Tests.Server.Http.Console;

/// <summary>The console is where an operator is, and nowhere else.</summary>
internal sealed class ConsoleRoutesTests
{
    private static readonly string[] Files = ["/", "/console/app.js", "/console/console.css", "/console/icon.svg"];

    private static readonly string[] Data =
    [
        "/v1/console/live", "/v1/console/history", "/v1/console/settings", "/v1/console/topics", "/v1/console/sessions", "/v1/console/message", "/v1/console/watch",
    ];

    [Test]
    public void Nothing_of_it_is_served_where_it_would_be_for_everybody()
    {
        var open = new KekerOptions();
        Assert.That(Files.Concat(Data).Select(path => Find(path, isAdmin: false, open)), Is.All.Null);
        using var server = new TestServer(open);
        Assert.That(server.Context.Console, Is.Null, "nothing is sampled either");
    }

    [Test]
    public void With_a_key_it_is_on_the_public_listeners()
    {
        var keyed = new KekerOptions { PublishKeys = [[.. "key"u8]] };
        Assert.That(Files.Select(path => Find(path, isAdmin: false, keyed)!.IsPrivileged), Is.All.False, "the page asks for the key");
        Assert.That(Data.Select(path => Find(path, isAdmin: false, keyed)!.IsPrivileged), Is.All.True);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void With_an_admin_listener_it_is_there_only(bool hasKey)
    {
        var admin = new KekerOptions { AdminListen = [ListenAddress.Parse("127.0.0.1:1")], PublishKeys = hasKey ? [[.. "key"u8]] : [] };
        Assert.That(Files.Concat(Data).Select(path => Find(path, isAdmin: false, admin)), Is.All.Null);
        Assert.That(Files.Concat(Data).Select(path => Find(path, isAdmin: true, admin)), Has.None.Null);
    }

    [TestCase("/console/")]
    [TestCase("/console/console.html")]
    [TestCase("/console/nothing.js")]
    [TestCase("/console/../keker.js")]
    [TestCase("/v1/console/")]
    [TestCase("/v1/console/nothing")]
    public void Nothing_else_is_there(string path) => Assert.That(Find(path, isAdmin: false, new KekerOptions { PublishKeys = [[.. "key"u8]] }), Is.Null);

    private static Endpoint? Find(string path, bool isAdmin, KekerOptions options)
    {
        using var server = new TestServer(options);
        return new Router(server.Context).Find(Encoding.Latin1.GetBytes(path), isAdmin);
    }
}
