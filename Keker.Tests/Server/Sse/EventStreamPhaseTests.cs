using Keker.Server.Broker.Topics;
using Keker.Server.Net;
using Keker.Server.Options;
using Keker.Server.Sse;
using Keker.Tests.EndToEnd;
using Keker.Tests.Server.Broker;
using Keker.Tests.Server.Http;
using Keker.Tests.Server.Net;

namespace Keker.Tests.Server.Sse;

/// <summary>The deadlines of an event stream, over a real socket and with time in the test's hands.</summary>
internal sealed class EventStreamPhaseTests
{
    private TestServer _server = null!;
    private SocketPair _sockets = null!;
    private Connection _connection = null!;
    private EventStreamPhase _phase = null!;
    private EventStream _client = null!;
    private Task? _run;

    [SetUp]
    public void Start()
    {
        _server = new TestServer(new KekerOptions { Timeout = TimeSpan.FromSeconds(60) });
        _sockets = SocketPair.Create();
        _client = new EventStream(RawClient.Over(_sockets.Client));
        _connection = new Connection(new EngineSocket(_sockets.Server), isAdmin: false, _server.Context.Clock);
        _phase = new EventStreamPhase(_connection, _server.Context, head: [], TestBroker.Token("t"), topics: [], after: [null]);
        _run = null;
    }

    [TearDown]
    public async Task StopAsync()
    {
        _connection.Abort();
        if (_run is not null)
            await _run.Soon("the stream to end");
        _run?.Dispose();
        await _connection.DisposeAsync();
        await _client.DisposeAsync();
        _sockets.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task A_comment_comes_every_half_timeout_as_long_as_the_peer_acknowledges()
    {
        await RunAsync();
        for (int i = 0; i < 5; i++)
        {
            Pass(29.9);
            Pass(0.1);
            Assert.That(await _client.ReadBlockAsync(), Is.EqualTo(": keep-alive\n\n"));
        }
    }

    [Test]
    public async Task One_that_takes_nothing_for_the_timeout_is_closed_and_a_second_later_cut_off()
    {
        await RunAsync();
        Pass(1);
        Fill();
        TestBroker.WaitUntil(() => _connection.ReadTcpFigures() is { UnsentBytes: > 0, IsWindowClosed: true }, "the window stayed open");
        int passes = 0;
        for (; _server.Context.Counters.SlowConsumers.Value == 0 && passes < 1000; passes++)
            Pass(10);
        Assert.That(passes, Is.InRange(6, 999), "as long as the kernel still takes some, its time starts anew");
        Assert.That(_server.Context.Counters.Sessions, Is.Zero);
        Assert.That(_run!.IsCompleted, Is.False);

        Pass(1);

        await _run.Soon("the stream to end");
    }

    [Test]
    [Platform("Linux")]
    public async Task One_whose_network_takes_nothing_is_cut_off_after_15_seconds_of_being_watched()
    {
        await RunAsync();
        DeadNetwork.Cut(_sockets.Client);
        Pass(30);
        for (int i = 0; i < 15; i++)
            Pass(1);
        Assert.That(_run!.IsCompleted, Is.False);

        for (int i = 0; i < 6; i++)
            Pass(1);

        await _run.Soon("the stream to end");
    }

    [Test]
    public async Task One_that_does_not_end_its_connection_after_the_end_of_the_stream_is_cut_off_after_5_seconds()
    {
        await RunAsync();
        _phase.Drain();
        Assert.That(await _client.ReadBlockAsync(), Does.StartWith("retry: "));
        await _client.ExpectEndAsync();
        Pass(4.9);
        Assert.That(_run!.IsCompleted, Is.False);

        Pass(0.2);

        await _run.Soon("the stream to end");
    }

    [Test]
    public async Task A_connection_that_becomes_a_stream_while_the_drain_goes_by_is_ended_as_well()
    {
        _server.Context.TryBeginDrain();
        await RunAsync();
        Assert.That(await _client.ReadBlockAsync(), Does.StartWith("retry: "));
        await _client.ExpectEndAsync();
    }

    private async Task RunAsync()
    {
        _run = _phase.RunAsync();
        Assert.That(await _client.ReadBlockAsync(), Does.Match("^retry: [12][0-9]{3}\nid: "));
    }

    /// <summary>Publishes one message that is more than the kernel takes.</summary>
    private void Fill()
    {
        var dirty = new DirtyTopics();
        _server.Broker.Publish(TestBroker.Token("t"), TestBroker.Message(16 << 20), dirty);
        _server.Broker.Flush(dirty);
    }

    private void Pass(double seconds)
    {
        _server.Time.Advance(TimeSpan.FromSeconds(seconds));
        _phase.OnHeartbeat(_server.Context.Clock.Now);
    }
}
