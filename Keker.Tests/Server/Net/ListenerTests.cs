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
    public async Task It_hands_on_every_connection_and_stops_when_disposed([Values] bool onLoops)
    {
        var accepted = Channel.CreateUnbounded<PeerSocket>();
        Listener listener = Listen(onLoops, socket => accepted.Writer.TryWrite(socket));
        Task run = listener.RunAsync();
        var endPoint = IPEndPoint.Parse(listener.BoundAddress);

        for (int i = 0; i < 3; i++)
        {
            using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(endPoint);
            PeerSocket socket = await accepted.Reader.ReadAsync().AsTask().Soon("a connection");
            Assert.That(socket.Send([(byte)i]), Is.EqualTo(1));
            byte[] received = new byte[2];
            Assert.That((await client.ReceiveAsync(received).Soon("its byte"), received[0]), Is.EqualTo((1, i)));
            if (socket is LoopSocket ours)
                Assert.That((Option(ours, 1), Option(ours, 25)), Is.EqualTo((1, Limits.NotSentLowWaterBytes)), "no delay, and what cannot be sent yet stays here");
            socket.Close(resets: false);
        }
        listener.Dispose();

        await run.Soon("the accepting to end");
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
        Listener listener = Listen(onLoops: false, socket =>
        {
            if (Environment.CurrentManagedThreadId == caller)
                onCaller++;
            SpinWait.SpinUntil(() => false, TimeSpan.FromMilliseconds(1));
            socket.Close(resets: true);
            all.Signal();
        });
        List<Socket> storm = await ConnectAsync(listener, clients);

        caller = Environment.CurrentManagedThreadId;
        Task run = listener.RunAsync();

        Assert.That(onCaller, Is.InRange(1, clients - 1));
        Assert.That(await Task.Run(() => all.Wait(Patience.Limit)), Is.True);
        storm.ForEach(socket => socket.Dispose());
        listener.Dispose();
        await run.Soon("the accepting to end");
    }

    /// <summary>One loop polls the listening socket and, here, a bystander's as well: that has its turn before the storm is over.</summary>
    [Test]
    [Platform("Linux")]
    public async Task A_storm_of_connects_gives_other_sockets_of_the_loop_their_turn()
    {
        const int clients = 200;
        var loops = new Loops(_log, 1);
        using SocketPair pair = SocketPair.Create();
        PeerSocket bystander = pair.TakeServer(loops);
        var ready = new ReadyCount();
        int accepted = 0;
        int beforeBystander = 0;
        using var allWait = new ManualResetEventSlim();
        using var all = new CountdownEvent(clients);
        var listener = new Listener(ListenAddress.Parse("127.0.0.1:0"), TimeProvider.System, _log, loops, socket =>
        {
            if (accepted++ == 0)
                allWait.Wait(Patience.Limit);
            beforeBystander += ready.Count == 0 ? 1 : 0;
            socket.Close(resets: true);
            all.Signal();
        });
        Assert.That(bystander.WaitForInput(ready), Is.False);
        Task run = listener.RunAsync();
        List<Socket> storm = await ConnectAsync(listener, clients);
        await pair.Client.SendAsync("x"u8.ToArray());
        allWait.Set();

        Assert.That(await Task.Run(() => all.Wait(Patience.Limit)), Is.True);
        Assert.That(beforeBystander, Is.LessThan(clients / 2));
        storm.ForEach(socket => socket.Dispose());
        bystander.Close(resets: true);
        listener.Dispose();
        await run.Soon("the accepting to end");
    }

    [Test]
    public async Task What_fails_with_one_connection_does_not_end_accepting([Values] bool onLoops, [Values] bool isDisposed)
    {
        var accepted = Channel.CreateUnbounded<PeerSocket>();
        int failures = 3;
        Listener listener = Listen(onLoops, socket =>
        {
            if (failures-- > 0)
                throw isDisposed ? new ObjectDisposedException("something else") : new SocketException((int)SocketError.TooManyOpenSockets);
            accepted.Writer.TryWrite(socket);
        });
        Task run = listener.RunAsync();

        List<Socket> clients = await ConnectAsync(listener, 4);

        PeerSocket last = await accepted.Reader.ReadAsync().AsTask().Soon("a connection after the failures");
        Assert.That(_log.Lines, Is.EqualTo(new[] { "Error: internal error", "Error: internal error", "Error: internal error" }));
        last.Close(resets: true);
        clients.ForEach(socket => socket.Dispose());
        listener.Dispose();
        await run.Soon("the accepting to end");
    }

    [Test]
    public void An_address_in_use_is_an_exception()
    {
        using Listener first = Listen(onLoops: false, _ => { });
        var address = ListenAddress.Parse(first.BoundAddress);
        Assert.That(() => new Listener(address, TimeProvider.System, _log, null, _ => { }), Throws.InstanceOf<SocketException>());
    }

    [Test]
    public void A_Unix_socket_is_known_by_its_path_and_removed_at_the_end()
    {
        using var directory = new TempDirectory();
        string path = directory.File("s");

        using (var listener = new Listener(ListenAddress.Parse($"unix:{path}"), TimeProvider.System, _log, null, _ => { }))
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

    private Listener Listen(bool onLoops, Action<PeerSocket> accepted)
    {
        if (onLoops && !OperatingSystem.IsLinux())
            Assert.Ignore("there is no epoll");
        return new Listener(ListenAddress.Parse("127.0.0.1:0"), TimeProvider.System, _log, onLoops ? new Loops(_log) : null, accepted);
    }

    private static unsafe int Option(LoopSocket socket, int name)
    {
        int value = 0;
        uint length = sizeof(int);
        Assert.That(LinuxSockets.GetOption(socket.Descriptor, LinuxSockets.TcpLevel, name, &value, &length), Is.Zero);
        return value;
    }

    private sealed class ReadyCount : IReadyHandler
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void OnReady() => Interlocked.Increment(ref _count);
    }
}
