using System.Net.Sockets;
using System.Text;
using Keker.Server.Http;
using Keker.Server.Net;
using Keker.Tests.EndToEnd;
using Keker.Tests.Server.Net;

namespace Keker.Tests.Server.Http;

/// <summary>When the deadlines of HTTP end.</summary>
internal sealed class HttpSessionPhaseTests
{
    [Test]
    public async Task They_are_over_before_the_connection_becomes_something_else()
    {
        using var server = new TestServer();
        using var sockets = SocketPair.Create();
        await using var connection = new Connection(new EngineSocket(sockets.Server), isAdmin: false, server.Context.Clock);
        var session = new HttpSession(connection, new HttpServer(server.Context));
        Task<Upgrade> run = session.RunAsync();
        Assert.That(connection.Phase, Is.SameAs(session));

        await sockets.Client.SendAsync(Encoding.ASCII.GetBytes(RawWebSocket.Handshake()));

        Assert.That((await run.Soon("the upgrade")).Kind, Is.EqualTo(UpgradeKind.Subscribe));
        Assert.That(connection.Phase, Is.Null);
    }
}
