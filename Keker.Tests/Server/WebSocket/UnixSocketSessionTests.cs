using Keker.Protocol.WebSocket;
using Keker.Server.Broker.Topics;
using Keker.Server.Net;
using Keker.Server.Options;
using Keker.Server.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.WebSocket;
using Keker.Tests.Server.Broker;
using Keker.Tests.Server.Http;
using Keker.Tests.Server.Net;

namespace Keker.Tests.Server.WebSocket;

/// <summary>A connection of which the system does not tell how much has arrived.</summary>
internal sealed class UnixSocketSessionTests
{
    [Test]
    public async Task Who_answers_no_ping_is_given_the_whole_timeout()
    {
        using var server = new TestServer(new KekerOptions { Timeout = TimeSpan.FromSeconds(60) });
        using SocketPair sockets = SocketPair.CreateUnix();
        await using var client = new RawWebSocket(RawClient.Over(sockets.Client)) { AnswersPings = false };
        await using var connection = new Connection(new EngineSocket(sockets.Server), isAdmin: false, server.Context.Clock);
        var session = new WebSocketSession(connection, server.Context);
        Task run = session.RunAsync();
        await client.HelloAsync("token");
        var dirty = new DirtyTopics();
        server.Context.Broker.Publish(TestBroker.Token("token"), TestBroker.Message("message"), dirty);
        server.Context.Broker.Flush(dirty);
        await client.ExpectTextAsync("message");
        Assert.That((await client.ReadAsync()).OpCode, Is.EqualTo(OpCode.Ping));

        Pass(30);
        Pass(29.9);
        await client.SendAsync(ClientFrame.Of(OpCode.Ping, "there"));
        Assert.That((await client.ReadAsync()).Text, Is.EqualTo("there"));
        Pass(0.2);

        await run.Soon("the session to end");

        void Pass(double seconds)
        {
            server.Time.Advance(TimeSpan.FromSeconds(seconds));
            session.OnHeartbeat(server.Context.Clock.Now);
        }
    }
}
