using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Server.Net;
using Keker.Server.Options;
using Keker.Server.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.WebSocket;
using Keker.Tests.Server.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keker.Tests.Server.Net;

/// <summary>Whoever is not read any more is still told why, and has its time to hear it: what it sends meanwhile must not reset the connection.</summary>
internal sealed class StoppedInputTests
{
    private static readonly Loops Loops = new(NullLogger.Instance);

    private TestServer _server = null!;
    private SocketPair _sockets = null!;
    private Connection _connection = null!;

    [SetUp]
    public void Start()
    {
        _server = new TestServer();
        _sockets = SocketPair.Create();
        _connection = new Connection(_sockets.TakeServer(Loops), isAdmin: false, _server.Context.Clock, _server.Context.Input);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _connection.DisposeAsync();
        _sockets.Dispose();
        _server.Dispose();
    }

    /// <summary>The peer has closed its half and reads nothing: nobody else will ever tell the send.</summary>
    [Test]
    public async Task A_send_that_waits_ends_with_its_socket()
    {
        using SocketPair pair = SocketPair.Create();
        PeerSocket socket = pair.TakeServer(Loops);
        Task<bool> send = socket.SendAsync(new byte[64 << 20]).AsTask();
        Assert.That(send.IsCompleted, Is.False);
        pair.Client.Shutdown(SocketShutdown.Send);
        socket.Close(resets: false);
        Assert.That(await send.Soon("the end of the send"), Is.False);
    }

    [Test]
    public async Task It_ends_a_wait_and_goes_on_where_it_was([Values] bool resumed)
    {
        Task<ReadResult> read = _connection.Reader.ReadAsync().AsTask();
        _connection.StopReading();
        Assert.That((await read).IsCompleted);
        _connection.Reader.AdvanceTo((await read).Buffer.End);
        await SendAsync(1);
        if (!resumed)
        {
            Assert.That((await _connection.Reader.ReadAsync()).IsCompleted, "and stays so");
            return;
        }
        Assert.That(_connection.TryResumeReading());
        ReadResult next = await _connection.Reader.ReadAsync().AsTask().Soon("what was sent");
        Assert.That((next.Buffer.Length, next.IsCompleted), Is.EqualTo((1L, false)));
    }

    [Test]
    public async Task What_has_arrived_before_is_read()
    {
        await SendAsync(5);
        _connection.StopReading();
        ReadResult read = await _connection.Reader.ReadAsync();
        Assert.That((read.Buffer.Length, read.IsCompleted), Is.EqualTo((5L, false)));
        _connection.Reader.AdvanceTo(read.Buffer.End);
        Assert.That((await _connection.Reader.ReadAsync()).IsCompleted);
    }

    [Test]
    public async Task The_last_answer_arrives_although_the_peer_goes_on_sending()
    {
        await SendAsync(100_000);
        _connection.StopReading();
        _connection.TrySend("answer"u8);
        Task linger = _connection.LingerAsync(mostBytes: 10_000_000);
        for (int i = 0; i < 20; i++)
            await SendAsync(100_000);
        Assert.That(await ReadToEndAsync(), Is.EqualTo("answer"));
        _sockets.Client.Shutdown(SocketShutdown.Send);
        await linger.Soon("the peer's end to be seen");
    }

    [Test]
    public async Task A_peer_that_never_stops_is_listened_to_up_to_a_bound_and_up_to_a_deadline([Values] bool deadline)
    {
        Task linger = _connection.LingerAsync(mostBytes: deadline ? 10_000_000 : 50_000);
        await SendAsync(100_000);
        if (deadline)
            _connection.StopReading();
        await linger.Soon("the end of the wait");
    }

    [Test]
    public async Task A_client_that_is_given_up_in_the_middle_of_a_message_has_its_time_to_answer_the_Close([Values] bool inHeader)
    {
        await using var client = new RawWebSocket(RawClient.Over(_sockets.Client)) { AnswersPings = false };
        var session = new WebSocketSession(_connection, _server.Context);
        Task run = session.RunAsync();
        await client.HelloAsync("token");
        byte[] message = ClientFrame.Of(OpCode.Text, new string('x', 500));
        int part = inHeader ? 3 : 100;
        await client.SendAsync(message[..part]);
        using var timeout = new CancellationTokenSource(Patience.Limit);
        while (session.UnfinishedSince == 0)
            await Task.Delay(1, timeout.Token);

        _connection.GiveUp(session);

        ServerFrame close = await client.ReadAsync();
        Assert.That((close.OpCode, close.CloseCode), Is.EqualTo((OpCode.Close, 1013)));
        _server.Time.Advance(TimeSpan.FromSeconds(4));
        session.OnHeartbeat(_server.Context.Clock.Now);
        await client.SendAsync([.. message[part..], .. ClientFrame.Close(1013)]);
        await client.Client.ExpectEndAsync();
        Assert.That(_connection.IsAborted, Is.False, "it was an orderly end");
        _sockets.Client.Shutdown(SocketShutdown.Send);
        await run.Soon("the end of the session");
        Assert.That(_server.Context.Input.Budget.Bytes, Is.Zero);
    }

    private async Task SendAsync(int bytes)
    {
        ReadOnlyMemory<byte> rest = new byte[bytes];
        while (rest.Length > 0)
            rest = rest[await _sockets.Client.SendAsync(rest, SocketFlags.None).AsTask().Soon("the server to take what is sent")..];
    }

    private async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[100];
        while (await _sockets.Client.ReceiveAsync(buffer, SocketFlags.None).Soon("the answer") is > 0 and var count)
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        return text.ToString();
    }
}
