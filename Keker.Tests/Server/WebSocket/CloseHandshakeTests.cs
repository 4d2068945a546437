using System.Net.Sockets;
using Keker.Protocol.WebSocket;
using Keker.Server.Net;
using Keker.Server.Options;
using Keker.Server.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.WebSocket;
using Keker.Tests.Server.Http;
using Keker.Tests.Server.Net;

namespace Keker.Tests.Server.WebSocket;

/// <summary>After a Close the connection stays whole until the client has answered, so that browsers call it clean; over a real socket, and time in the test's hands.</summary>
internal sealed class CloseHandshakeTests
{
    /// <summary>A FIN that is sent with the Close is there with it, or a moment later.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private TestServer _server = null!;
    private SocketPair _sockets = null!;
    private Connection _connection = null!;
    private WebSocketSession _session = null!;
    private RawWebSocket _client = null!;
    private Task _run = null!;

    [SetUp]
    public void Start()
    {
        _server = new TestServer(new KekerOptions { Timeout = TimeSpan.FromSeconds(60) });
        _sockets = SocketPair.Create();
        _client = new RawWebSocket(RawClient.Over(_sockets.Client)) { AnswersPings = false };
        _connection = new Connection(new EngineSocket(_sockets.Server), isAdmin: false, _server.Context.Clock);
        _session = new WebSocketSession(_connection, _server.Context);
        _run = _session.RunAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        _connection.Abort();
        await _run.Soon("the session to end");
        _run.Dispose();
        await _connection.DisposeAsync();
        await _client.DisposeAsync();
        _sockets.Dispose();
        _server.Dispose();
    }

    private static IEnumerable<TestCaseData> Mistakes()
    {
        yield return new TestCaseData(1003, ClientFrame.Of(OpCode.Binary, "x")).SetArgDisplayNames("binary");
        yield return new TestCaseData(1007, ClientFrame.Of(OpCode.Text, [(byte)'H', 0xFF, (byte)'x'])).SetArgDisplayNames("not UTF-8");
        yield return new TestCaseData(1008, ClientFrame.Of(OpCode.Text, "HI")).SetArgDisplayNames("no HELLO");
        yield return new TestCaseData(1009, ClientFrame.Of(OpCode.Text, new byte[2000])).SetArgDisplayNames("too long");
    }

    [TestCaseSource(nameof(Mistakes))]
    public async Task The_end_comes_when_the_client_has_answered_whatever_it_said_before(int code, byte[] mistake)
    {
        await _client.SendAsync(mistake);
        ServerFrame close = await _client.ReadAsync();
        Assert.That(close.CloseCode, Is.EqualTo(code));
        await _client.SendAsync([.. ClientFrame.Of(OpCode.Text, new byte[100]), .. ClientFrame.Of(OpCode.Ping, "late")]);
        ExpectNoEnd();

        await _client.AnswerCloseAsync(close);

        await _client.Client.ExpectEndAsync();
    }

    [TestCase(1001)]
    [TestCase(1008)]
    public async Task What_the_server_closes_by_itself_ends_so_too(int code)
    {
        if (code == 1001)
            _session.Drain();
        else
            Pass(60);
        ServerFrame close = await _client.ReadAsync();
        Assert.That(close.CloseCode, Is.EqualTo(code));
        ExpectNoEnd();
        Pass(4.9);
        ExpectNoEnd();

        await _client.AnswerCloseAsync(close);

        await _client.Client.ExpectEndAsync();
    }

    [Test]
    public async Task A_protocol_error_ends_at_once()
    {
        await _client.SendAsync([0x81, 0x00]);
        Assert.That((await _client.ReadAsync()).CloseCode, Is.EqualTo(1002));
        await _client.Client.ExpectEndAsync();
    }

    [Test]
    public async Task A_Close_of_the_client_is_answered_and_ends_it_at_once()
    {
        await _client.SendAsync(ClientFrame.Close(1000));
        Assert.That((await _client.ReadAsync()).CloseCode, Is.EqualTo(1000));
        await _client.Client.ExpectEndAsync();
    }

    [Test]
    public async Task Who_answers_and_does_not_end_the_connection_is_cut_off_5_seconds_later()
    {
        _session.Drain();
        ServerFrame close = await _client.ReadAsync();
        Pass(4);
        await _client.AnswerCloseAsync(close);
        await _client.Client.ExpectEndAsync();
        Pass(4.9);
        Assert.That(_run.IsCompleted, Is.False);

        Pass(0.2);

        await _run.Soon("the session to end");
    }

    [Test]
    public async Task A_flood_instead_of_an_answer_is_cut_off()
    {
        await _client.SendAsync(ClientFrame.Of(OpCode.Binary, "x"));
        Assert.That((await _client.ReadAsync()).CloseCode, Is.EqualTo(1003));
        byte[] flood = ClientFrame.Of(OpCode.Binary, new byte[1 << 20]);
        int sent = 0;
        for (; !_run.IsCompleted && sent < 200; sent++)
            await Task.WhenAny(_client.SendAsync(flood), _run);

        Assert.That(sent, Is.InRange(64, 199), "MiB");
    }

    /// <summary>Nothing is there to read, the end least of all.</summary>
    private void ExpectNoEnd() => Assert.That(_sockets.Client.Poll(Moment, SelectMode.SelectRead), Is.False, "the server ended the connection");

    private void Pass(double seconds)
    {
        _server.Time.Advance(TimeSpan.FromSeconds(seconds));
        _session.OnHeartbeat(_server.Context.Clock.Now);
    }
}
