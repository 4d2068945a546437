using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Keker.Server.Net;
using Keker.Server.Options;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Server.Net;

internal sealed class ListenerTests
{
    private readonly LogRecorder _log = new();

    [Test]
    public async Task It_hands_over_every_connection_and_stops_when_disposed()
    {
        var accepted = Channel.CreateUnbounded<Socket>();
        var listener = new Listener(ListenAddress.Parse("127.0.0.1:0"), TimeProvider.System, _log, socket => accepted.Writer.TryWrite(socket));
        Task run = listener.RunAsync();
        var endPoint = IPEndPoint.Parse(listener.BoundAddress);

        for (int i = 0; i < 3; i++)
        {
            using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(endPoint);
            using Socket socket = await accepted.Reader.ReadAsync().Soon("a connection");
            Assert.That(socket.RemoteEndPoint!.ToString(), Does.EndWith($":{((IPEndPoint)client.LocalEndPoint!).Port}"));
        }
        listener.Dispose();

        await run.Soon("the accept loop to end");
        using var late = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Assert.That(async () => await late.ConnectAsync(endPoint), Throws.InstanceOf<SocketException>());
        Assert.That(_log.Lines, Is.Empty);
    }

    [Test]
    public void An_address_in_use_is_an_exception()
    {
        using var first = new Listener(ListenAddress.Parse("127.0.0.1:0"), TimeProvider.System, _log, _ => { });
        var address = ListenAddress.Parse(first.BoundAddress);
        Assert.That(() => new Listener(address, TimeProvider.System, _log, _ => { }), Throws.InstanceOf<SocketException>());
    }

    [Test]
    public void A_Unix_socket_is_known_by_its_path_and_removed_at_the_end()
    {
        using var directory = new TempDirectory();
        string path = directory.File("s");

        using (var listener = new Listener(ListenAddress.Parse($"unix:{path}"), TimeProvider.System, _log, _ => { }))
        {
            Assert.That(listener.BoundAddress, Is.EqualTo($"unix:{path}"));
            Assert.That(File.Exists(path), Is.True);
        }

        Assert.That(File.Exists(path), Is.False);
    }
}
