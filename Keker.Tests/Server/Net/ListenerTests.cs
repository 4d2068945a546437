using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Keker.Server.Net;
using Keker.Server.Options;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Server.Net;

internal sealed class ListenerTests
{
    private LogRecorder _log = null!;

    [SetUp]
    public void ForgetLog() => _log = new LogRecorder();

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
            Assert.That(socket.NoDelay, Is.EqualTo(OperatingSystem.IsLinux()), "small messages do not wait for each other");
            if (OperatingSystem.IsLinux())
                Assert.That(NotSentLowWater(socket), Is.EqualTo(Limits.NotSentLowWaterBytes), "what cannot be sent yet stays where it can be shared");
        }
        listener.Dispose();

        await run.Soon("the accept loop to end");
        using var late = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Assert.That(async () => await late.ConnectAsync(endPoint), Throws.InstanceOf<SocketException>());
        Assert.That(_log.Lines, Is.Empty);
    }

    [Test]
    public async Task A_storm_of_connects_does_not_keep_the_thread_for_itself()
    {
        const int clients = 50;
        int caller = 0;
        int onCaller = 0;
        using var all = new CountdownEvent(clients);
        var listener = new Listener(ListenAddress.Parse("127.0.0.1:0"), TimeProvider.System, _log, socket =>
        {
            if (Environment.CurrentManagedThreadId == caller)
                onCaller++;
            SpinWait.SpinUntil(() => false, TimeSpan.FromMilliseconds(1));
            socket.Dispose();
            all.Signal();
        });
        List<Socket> storm = await ConnectAsync(listener, clients);

        caller = Environment.CurrentManagedThreadId;
        Task run = listener.RunAsync();

        Assert.That(onCaller, Is.InRange(1, clients - 1));
        Assert.That(await Task.Run(() => all.Wait(Patience.Limit)), Is.True);
        storm.ForEach(socket => socket.Dispose());
        listener.Dispose();
        await run.Soon("the accept loop to end");
    }

    [Test]
    public async Task What_fails_with_one_connection_does_not_end_accepting([Values] bool isDisposed)
    {
        var accepted = Channel.CreateUnbounded<Socket>();
        int failures = 3;
        var listener = new Listener(ListenAddress.Parse("127.0.0.1:0"), TimeProvider.System, _log, socket =>
        {
            if (failures-- > 0)
                throw isDisposed ? new ObjectDisposedException("something else") : new SocketException((int)SocketError.TooManyOpenSockets);
            accepted.Writer.TryWrite(socket);
        });
        Task run = listener.RunAsync();

        List<Socket> clients = await ConnectAsync(listener, 4);

        using Socket last = await accepted.Reader.ReadAsync().Soon("a connection after the failures");
        Assert.That(_log.Lines, Is.EqualTo(new[] { "Error: internal error", "Error: internal error", "Error: internal error" }));
        clients.ForEach(socket => socket.Dispose());
        listener.Dispose();
        await run.Soon("the accept loop to end");
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

    private static async Task<List<Socket>> ConnectAsync(Listener listener, int count)
    {
        var endPoint = IPEndPoint.Parse(listener.BoundAddress);
        List<Socket> sockets = [];
        for (int i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endPoint);
            sockets.Add(socket);
        }
        return sockets;
    }

    private static int NotSentLowWater(Socket socket)
    {
        byte[] value = new byte[sizeof(int)];
        socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, 25, value);
        return BitConverter.ToInt32(value);
    }
}
