using System.Text;
using Keker.Server.Http.Endpoints;
using Keker.Server.Http.Publishing;
using Keker.Server.Options;

namespace Keker.Tests.Server.Http.Endpoints;

internal sealed class RouterTests
{
    private static readonly string[] Privileged = ["/v1/publish", "/v1/publish/batch", "/v1/broadcast", "/v1/stats", "/v1/stats/sessions"];

    [TestCase("/v1/subscribe", typeof(SubscribeEndpoint))]
    [TestCase("/v1/publish", typeof(PublishEndpoint))]
    [TestCase("/v1/publish/batch", typeof(BatchEndpoint))]
    [TestCase("/v1/broadcast", typeof(BroadcastEndpoint))]
    [TestCase("/v1/health", typeof(HealthEndpoint))]
    [TestCase("/v1/stats", typeof(StatsEndpoint))]
    [TestCase("/v1/stats/sessions", typeof(SessionsEndpoint))]
    public void Every_route_has_its_endpoint(string path, Type endpoint) => Assert.That(Find(path, isAdmin: false), Is.TypeOf(endpoint));

    [TestCase("")]
    [TestCase("/")]
    [TestCase("/v1")]
    [TestCase("/v1/")]
    [TestCase("/v1/publish/")]
    [TestCase("/V1/publish")]
    [TestCase("/v1//publish")]
    [TestCase("/v1/publis%68")]
    [TestCase("/v1/publish\0")]
    [TestCase("/v1/stats/session")]
    [TestCase("/v1/echo")]
    public void Nothing_else_has_one(string path) => Assert.That(Find(path, isAdmin: false), Is.Null);

    [Test]
    public void Backend_functions_move_to_the_admin_listener_where_there_is_one()
    {
        var options = new KekerOptions { AdminListen = [ListenAddress.Parse("127.0.0.1:1")] };

        Assert.That(Privileged.Select(path => Find(path, isAdmin: false, options)), Has.All.Null);
        Assert.That(Privileged.Select(path => Find(path, isAdmin: true, options)), Has.None.Null);
        Assert.That(Find("/v1/subscribe", isAdmin: true, options), Is.Null);
        Assert.That(Find("/v1/subscribe", isAdmin: false, options), Is.Not.Null);
        Assert.That(Find("/v1/health", isAdmin: true, options), Is.Not.Null);
        Assert.That(Find("/v1/health", isAdmin: false, options), Is.Not.Null);
    }

    [Test]
    public void Exactly_the_backend_functions_are_privileged()
    {
        string[] all = [.. Privileged, "/v1/subscribe", "/v1/health"];
        Assert.That(all.Where(path => Find(path, isAdmin: false)!.IsPrivileged), Is.EqualTo(Privileged));
    }

    private static Endpoint? Find(string path, bool isAdmin, KekerOptions? options = null)
    {
        using var server = new TestServer(options);
        return new Router(server.Context).Find(Encoding.Latin1.GetBytes(path), isAdmin);
    }
}
