using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;
using Websocket.Client;

namespace Keker.Tests.EndToEnd;

[TestFixture(false, TestName = "Delivery over plain TCP")]
[TestFixture(true, TestName = "Delivery over TLS")]
internal sealed class DeliveryTests(bool tls) : KekerFixture
{
    private const int LargestBody = 1 << 20;

    private readonly TempDirectory _directory = new();
    private TestCertificate? _certificate;

    protected override TestCertificate? Certificate => _certificate;

    protected override string[] Options
    {
        get
        {
            if (!tls)
                return [];
            _certificate = new TestCertificate();
            _certificate.WriteTo(_directory);
            return TestCertificate.OptionsFor(_directory);
        }
    }

    [OneTimeTearDown]
    public void RemoveFiles() => _directory.Dispose();

    [TestCase("PUT", false)]
    [TestCase("POST", false)]
    [TestCase("PUT", true)]
    [TestCase("POST", true)]
    public async Task A_published_message_arrives_as_it_was_sent(string method, bool chunked)
    {
        string token = NewToken();
        using Subscriber subscriber = await Subscriber.JoinAsync(Keker, Certificate, token);
        byte[] body = "{\"text\": \"¡Hola, 世界! 🦊\"}"u8.ToArray();

        // Whether the HELLO came first or the publish, the message arrives once.
        await Backend.PublishAsync(token, body, HttpMethod.Parse(method), chunked, "application/json");

        ResponseMessage message = await subscriber.ReadAsync();
        Assert.That(message.MessageType, Is.EqualTo(WebSocketMessageType.Text));
        Assert.That(message.Text, Is.EqualTo(Encoding.UTF8.GetString(body)));
    }

    [Test]
    public async Task A_publisher_is_told_how_many_sessions_get_it()
    {
        string token = NewToken();
        await using RawWebSocket first = await JoinAsync(token);
        await using RawWebSocket second = await JoinAsync(token);
        await using RawWebSocket third = await JoinAsync(token);
        await using RawWebSocket other = await JoinAsync(NewToken());

        RawResponse response = await Backend.PublishAsync(token, "to all of you");
        await Backend.BroadcastAsync("to everyone");

        Assert.That(response.Status, Is.EqualTo(200));
        Assert.That(response.Text, Is.EqualTo("{\"message\":\"message published\",\"data\":{\"sessions\":3,\"cached\":0}}"));
        foreach (RawWebSocket session in new[] { first, second, third })
        {
            ServerFrame[] both = [await session.ReadAsync(), await session.ReadAsync()];
            Assert.That(both.Select(frame => frame.Text), Is.EquivalentTo(["to all of you", "to everyone"]));
        }
        await other.ExpectTextAsync("to everyone");
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(125)]
    [TestCase(126)]
    [TestCase(65_535)]
    [TestCase(65_536)]
    [TestCase(LargestBody - 1)]
    [TestCase(LargestBody)]
    public async Task Messages_of_any_size_arrive_whole(int length)
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);
        byte[] body = Encoding.ASCII.GetBytes(new string('x', length));

        await Backend.PublishAsync(token, body);
        await Backend.PublishAsync(token, body, chunked: true);

        for (int i = 0; i < 2; i++)
        {
            ServerFrame frame = await session.ReadAsync();
            Assert.That(frame.OpCode, Is.EqualTo(OpCode.Text));
            Assert.That(frame.Payload.AsSpan().SequenceEqual(body), Is.True);
        }
    }

    [Test]
    public async Task A_body_declared_as_bytes_or_not_UTF8_arrives_as_a_binary_message()
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);
        byte[] noText = [.. "caf\u00e9"u8, 0xFF];

        await Backend.PublishAsync(token, "text"u8.ToArray(), contentType: "application/octet-stream");
        await Backend.PublishAsync(token, noText, contentType: "text/plain");
        await Backend.PublishAsync(token, "text"u8.ToArray(), contentType: "Application/Octet-Stream; x=y");
        await Backend.PublishAsync(token, "text"u8.ToArray(), contentType: "text/plain; charset=utf-8");

        List<(OpCode, byte[])> got = [];
        for (int i = 0; i < 4; i++)
        {
            ServerFrame frame = await session.ReadAsync();
            got.Add((frame.OpCode, frame.Payload));
        }
        Assert.That(got, Is.EqualTo(new[]
        {
            (OpCode.Binary, "text"u8.ToArray()),
            (OpCode.Binary, noText),
            (OpCode.Binary, "text"u8.ToArray()),
            (OpCode.Text, "text"u8.ToArray()),
        }));
    }

    [Test]
    public async Task What_is_published_for_an_absent_recipient_comes_first_at_its_next_HELLO_and_only_then()
    {
        string token = NewToken();
        RawResponse absent = await Backend.PublishAsync(token, "first");
        await Backend.PublishAsync(token, "second");

        await using RawWebSocket session = await ConnectWebSocketAsync();
        await session.SendTextAsync($"HELLO {token}");
        await session.ExpectTextAsync("first");
        RawResponse present = await Backend.PublishAsync(token, "third");

        // While the first one reads, it answers that it has what it was sent; or the second one would be taken for its successor.
        var rest = Channel.CreateUnbounded<string>();
        _ = PumpAsync(session, rest.Writer);
        await using RawWebSocket later = await JoinAsync(token);
        await Backend.PublishAsync(token, "fourth");

        Assert.That(absent.Status, Is.EqualTo(404));
        Assert.That(absent.Text, Is.EqualTo($"{{\"message\":\"recipient {token} not found\",\"data\":{{\"sessions\":0,\"cached\":1}}}}"));
        Assert.That(present.Status, Is.EqualTo(200));
        await later.ExpectTextAsync("fourth");
        foreach (string text in new[] { "second", "third", "fourth" })
            Assert.That(await rest.Reader.ReadAsync(), Is.EqualTo(text));
    }

    [Test]
    public async Task Messages_of_one_token_keep_their_order()
    {
        string token = NewToken();
        await using RawWebSocket session = await JoinAsync(token);
        await using RawClient publisher = await ConnectAsync();
        const int Count = 2000;
        string requests = string.Concat(Enumerable.Range(0, Count).Select(i =>
            RawClient.Head("PUT", "/v1/publish", $"Token: {token}", $"Content-Length: {i.ToString(null, null).Length}") + i));

        Task sending = publisher.SendAsync(requests);
        Task<int> answered = CountSuccessesAsync(publisher, Count);
        for (int i = 0; i < Count; i++)
            await session.ExpectTextAsync($"{i}");

        await sending;
        Assert.That(await answered, Is.EqualTo(Count));
    }

    [Test]
    public async Task A_token_may_have_512_bytes_of_any_script()
    {
        string token = "токен-" + new string('é', 250);
        await using RawWebSocket session = await ConnectWebSocketAsync();
        await session.HelloAsync(token);
        await using RawClient publisher = await ConnectAsync();

        await publisher.SendAsync("POST", "/v1/publish", "for you", $"Token: {token}");

        await session.ExpectTextAsync("for you");
        Assert.That((await publisher.ReadResponseAsync()).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Frames_that_come_with_the_handshake_are_not_lost()
    {
        string token = NewToken();
        await using RawClient client = await ConnectAsync();
        byte[] frames = ClientFrame.Join(ClientFrame.Of(OpCode.Text, $"HELLO {token}"), ClientFrame.Of(OpCode.Ping, "joined"));

        await client.SendAsync([.. Encoding.ASCII.GetBytes(RawWebSocket.Handshake()), .. frames]);

        Assert.That((await client.ReadResponseAsync()).Status, Is.EqualTo(101));
        await using var session = new RawWebSocket(client);
        Assert.That((await session.ReadAsync()).OpCode, Is.EqualTo(OpCode.Pong));
        Assert.That((await Backend.PublishAsync(token, "x")).Status, Is.EqualTo(200));
        await session.ExpectTextAsync("x");
    }

    [Test]
    public async Task A_session_that_closes_no_longer_counts()
    {
        string token = NewToken();
        await using RawWebSocket stays = await JoinAsync(token);
        await using RawWebSocket leaves = await JoinAsync(token);

        await leaves.SendAsync(ClientFrame.Close(1000));
        await leaves.ExpectCloseAsync(1000);
        await leaves.DisposeAsync();

        RawResponse response = await Backend.PublishAsync(token, "x");
        Assert.That(response.Status, Is.EqualTo(200));
        await stays.ExpectTextAsync("x");
        while (response.Data.GetProperty("sessions").GetInt32() != 1)
            response = await Backend.PublishAsync(token, "x");
    }

    private static async Task<int> CountSuccessesAsync(RawClient publisher, int answers)
    {
        int successes = 0;
        for (int i = 0; i < answers; i++)
            successes += (await publisher.ReadResponseAsync()).Status == 200 ? 1 : 0;
        return successes;
    }

    private static async Task PumpAsync(RawWebSocket session, ChannelWriter<string> texts)
    {
        while (await session.TryReadAsync() is { } frame)
            texts.TryWrite(frame.Text);
    }
}
