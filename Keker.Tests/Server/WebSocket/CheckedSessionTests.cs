using Keker.Server.Access;
using Keker.Server.Broker.FanOut;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Keker.Server.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.EndToEnd.Signed;
using Keker.Tests.Server.Http;
using Keker.Tests.Server.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keker.Tests.Server.WebSocket;

internal sealed class CheckedSessionTests
{
    /// <summary>Time stands still, so that nobody loses patience: only that the client is gone ends the question.</summary>
    [Test]
    public async Task A_client_that_goes_while_it_is_asked_about_is_asked_about_no_more([Values] bool onLoops, [Values] bool hasSentMore)
    {
        if (onLoops && !OperatingSystem.IsLinux() || !onLoops && hasSentMore)
            Assert.Ignore("nobody knows there");
        await using var stub = new StubServer(_ => null);
        var options = new KekerOptions { Access = new AccessOptions { Backend = new Uri(stub.Url) } };
        using var server = new TestServer(options);
        using var access = new AccessPolicy(options.Access, server.Time, server.Context.Counters, NullLogger.Instance);
        using SocketPair pair = SocketPair.Create();
        PeerSocket socket = onLoops ? pair.TakeServer(new Loops(NullLogger.Instance, 1)) : new EngineSocket(pair.Server);
        var connection = new Connection(socket, isAdmin: false, server.Context.Clock, server.Context.Input);
        var session = new CheckedSession(connection, server.Context, access, new Visitor([], Origin: null, UserAgent: null), Variant.Plain);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = new RawWebSocket(RawClient.Over(pair.Client));
        session.Start(_ => ended.SetResult());

        await client.SendTextAsync("HELLO word");
        await WaitAsync(() => !stub.Asked.IsEmpty, session, server);
        if (hasSentMore)
            await client.SendTextAsync("SUBSCRIBE news");
        Assert.That(server.Context.Counters.RefusedAccess[RefusalReason.Undecided].Value, Is.Zero, "it waits");

        client.Client.FinishSending();

        await WaitAsync(() => server.Context.Counters.RefusedAccess[RefusalReason.Undecided].Value == 1, session, server);
        Assert.That((await client.ReadAsync()).CloseCode, Is.EqualTo(1013));
        await ended.Task.Soon("the session to end");
        await connection.DisposeAsync();
        await client.DisposeAsync();
    }

    private static async Task WaitAsync(Func<bool> condition, CheckedSession session, TestServer server)
    {
        using var deadline = new CancellationTokenSource(Patience.Limit);
        while (!condition())
        {
            session.OnHeartbeat(server.Context.Clock.Now);
            await Task.Delay(5, deadline.Token);
        }
    }
}
