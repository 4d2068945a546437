using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Server.Client;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Server.Client;

internal sealed class WebSocketClientTests
{
    private static readonly TimeSpan Long = Patience.Limit;

    private FakeServer _server = null!;

    [SetUp]
    public void Start() => _server = new FakeServer();

    [TearDown]
    public void Stop() => _server.Dispose();

    [Test]
    public async Task It_asks_for_the_protocol_with_a_key_of_its_own()
    {
        await using WebSocketClient client = await _server.ConnectAsync();

        Assert.That(_server.Request, Does.StartWith("GET /v1/subscribe HTTP/1.1\nHost: 127.0.0.1:").And.Contain("\nSec-WebSocket-Protocol: keker.v2\n"));
        Assert.That(_server.Request, Does.Match("\nSec-WebSocket-Key: [A-Za-z0-9+/]{22}==\n"));
    }

    [Test]
    public async Task Fragments_are_one_message_and_pings_between_are_answered()
    {
        await using WebSocketClient client = await _server.ConnectAsync();

        await _server.SendAsync(0x01, [0xC3]);
        await _server.SendAsync(0x89, [7]);
        await _server.SendAsync(0x80, [0xA9]);
        Assert.That(await client.ReceiveAsync(Long, default), Is.EqualTo(Reception.Text));
        Assert.That(Encoding.UTF8.GetString(client.Message.Span), Is.EqualTo("é"));
        Assert.That(await _server.ReadAsync(), Is.EqualTo((OpCode.Pong, new byte[] { 7 })));

        await _server.SendAsync(0x82, [0xFF]);
        Assert.That(await client.ReceiveAsync(Long, default), Is.EqualTo(Reception.Binary));
        Assert.That(client.Message.ToArray(), Is.EqualTo(new byte[] { 0xFF }));
    }

    [Test]
    public async Task What_it_sends_is_masked_and_arrives()
    {
        await using WebSocketClient client = await _server.ConnectAsync();

        await client.SendAsync("HELLO é", default);

        (OpCode opCode, byte[] payload) = await _server.ReadAsync();
        Assert.That((opCode, Encoding.UTF8.GetString(payload)), Is.EqualTo((OpCode.Text, "HELLO é")));
    }

    [Test]
    public async Task A_close_is_told_and_answered_with_its_code()
    {
        await using WebSocketClient client = await _server.ConnectAsync();

        await _server.SendAsync(0x88, [0x11, 0x33, .. "no"u8]);

        Assert.That(await client.ReceiveAsync(Long, default), Is.EqualTo(Reception.End));
        Assert.That((client.CloseCode, client.CloseReason), Is.EqualTo((4403, "no")));
        Assert.That(await _server.ReadAsync(), Is.EqualTo((OpCode.Close, new byte[] { 0x11, 0x33 })));
    }

    [Test]
    public async Task A_close_without_a_code_is_answered_without_one()
    {
        await using WebSocketClient client = await _server.ConnectAsync();

        await _server.SendAsync(0x88, []);

        Assert.That((await client.ReceiveAsync(Long, default), client.CloseCode), Is.EqualTo((Reception.End, 1005)));
        Assert.That(await _server.ReadAsync(), Is.EqualTo((OpCode.Close, Array.Empty<byte>())));
    }

    [TestCase(0x81, new byte[] { 0xFF }, 1007, TestName = "Text_that_is_not_UTF8_ends_with_1007")]
    [TestCase(0xC1, new byte[] { 1 }, 1002, TestName = "A_compressed_frame_that_was_not_agreed_on_ends_with_1002")]
    [TestCase(0x80, new byte[] { 1 }, 1002, TestName = "A_continuation_of_nothing_ends_with_1002")]
    public async Task What_a_server_must_not_send_ends_the_connection(byte first, byte[] payload, int code)
    {
        await using WebSocketClient client = await _server.ConnectAsync();

        await _server.SendAsync(first, payload);

        Assert.That((await client.ReceiveAsync(Long, default), client.CloseCode), Is.EqualTo((Reception.End, WebSocketClient.Broken)));
        Assert.That(await _server.ReadAsync(), Is.EqualTo((OpCode.Close, new[] { (byte)(code >> 8), (byte)code })));
    }

    [Test]
    public async Task A_masked_frame_and_a_message_over_the_limit_end_the_connection()
    {
        await using WebSocketClient client = await _server.ConnectAsync(mostMessageBytes: 10);
        await _server.SendAsync(Protocol.WebSocket.ClientFrame.Of(OpCode.Text, "hi"));
        Assert.That((await client.ReceiveAsync(Long, default), client.CloseReason), Is.EqualTo((Reception.End, "the server sent what it must not: frame masked by a server")));

        using var other = new FakeServer();
        await using WebSocketClient small = await other.ConnectAsync(mostMessageBytes: 10);
        await other.SendAsync(0x81, new byte[11]);
        Assert.That((await small.ReceiveAsync(Long, default), small.CloseReason), Is.EqualTo((Reception.End, "the server sent what it must not: message too big")));
        Assert.That(await other.ReadAsync(), Is.EqualTo((OpCode.Close, new byte[] { 0x03, 0xF1 })));
    }

    [Test]
    public async Task An_end_without_a_close_is_a_break()
    {
        await using WebSocketClient client = await _server.ConnectAsync();

        await _server.SendAsync([0x81]);
        _server.Hang();

        Assert.That((await client.ReceiveAsync(Long, default), client.CloseCode), Is.EqualTo((Reception.End, WebSocketClient.Broken)));
    }

    [Test]
    public async Task A_wait_that_was_given_up_loses_nothing()
    {
        await using WebSocketClient client = await _server.ConnectAsync();
        Assert.ThrowsAsync<TimeoutException>(() => client.ReceiveAsync(TimeSpan.FromMilliseconds(1), default));
        using var over = new CancellationTokenSource();
        Task wait = client.ReceiveAsync(Long, over.Token);
        await over.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => wait);

        await _server.SendAsync(0x81, [.. "still here"u8]);

        Assert.That(await client.ReceiveAsync(Long, default), Is.EqualTo(Reception.Text));
        Assert.That(Encoding.UTF8.GetString(client.Message.Span), Is.EqualTo("still here"));
    }

    [Test]
    public async Task A_goodbye_waits_for_the_answer_through_what_was_on_its_way()
    {
        await using WebSocketClient client = await _server.ConnectAsync();

        Task goodbye = client.CloseAsync(1000);
        Assert.That(await _server.ReadAsync(), Is.EqualTo((OpCode.Close, new byte[] { 0x03, 0xE8 })));
        await _server.SendAsync(0x81, new byte[100]);
        Assert.That(goodbye.IsCompleted, Is.False);
        await _server.SendAsync(0x88, [0x03, 0xE8]);

        await goodbye.Soon("the end");
    }

    [Test]
    public async Task Who_is_told_to_stop_stops_though_more_has_come()
    {
        await using WebSocketClient client = await _server.ConnectAsync();
        await _server.SendAsync(0x81, [.. "more"u8]);

        Assert.CatchAsync<OperationCanceledException>(() => client.ReceiveAsync(Long, new CancellationToken(canceled: true)));
    }

    [Test]
    public void A_message_of_a_refusal_that_is_no_text_is_shown_as_it_came()
    {
        var answer = new ApiAnswer(403, [.. "{\"message\":\"\\ud800\"}"u8]);

        Assert.That(answer.Message, Is.EqualTo("{\"message\":\"\\ud800\"}"));
    }

    [Test]
    public void A_refusal_says_why()
    {
        const string Body = "{\"message\":\"too many connections\",\"data\":null}";
        HandshakeException e = Assert.ThrowsAsync<HandshakeException>(
            () => _server.ConnectAsync(_ => $"HTTP/1.1 503 Service Unavailable\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"))!;

        Assert.That((e.Message, e.IsPassing), Is.EqualTo(("the server answers 503: too many connections", true)));
    }

    [TestCase("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: keker.v2\r\n\r\n")]
    [TestCase("220 mail.example.com ESMTP\r\n")]
    public void Who_is_no_WebSocket_server_is_told_so(string answer)
    {
        HandshakeException e = Assert.ThrowsAsync<HandshakeException>(() => _server.ConnectAsync(_ => answer))!;

        Assert.That((e.Message, e.IsPassing), Is.EqualTo(("no WebSocket server answers there", false)));
    }
}
