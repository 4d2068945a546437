using System.Net.WebSockets;
using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.Deflate;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

internal sealed class CompressionTests() : KekerFixture("--compression", "on", "--read-buffer", "2000")
{
    private const string Offer = "permessage-deflate";

    [Test]
    public async Task Subscribers_with_and_without_it_get_the_same_messages()
    {
        string token = NewToken();
        using ClientWebSocket deflating = await DeflatingClient.ConnectAsync(Keker.EndPoint, "/v1/subscribe");
        await deflating.SendAsync(Encoding.UTF8.GetBytes($"HELLO {token}"), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        await Backend.WaitForStatAsync("sessions", count => count == 1);
        await using RawWebSocket plain = await JoinAsync(token);

        foreach (byte[] message in new[] { Deflated.Json(100 << 10), Deflated.Json(200) })
        {
            await Backend.PublishAsync(token, message);
            Assert.That(await DeflatingClient.ReadAsync(deflating, WebSocketMessageType.Text), Is.EqualTo(message));
            await plain.ExpectAsync(OpCode.Text, message);
        }
        await deflating.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).Soon("the close");
    }

    [Test]
    public async Task Messages_of_all_sizes_arrive_in_order()
    {
        const int Count = 300;
        string token = NewToken();
        await using RawWebSocket deflating = await JoinDeflatingAsync(token);
        await using RawWebSocket plain = await JoinAsync(token);
        byte[][] messages = [.. Enumerable.Range(0, Count).Select(i => Deflated.Json(i % 10 == 9 ? 40_000 : 100 + 37 * i, seed: i))];

        Task publishing = PublishAllAsync();
        foreach (byte[] message in messages)
        {
            await deflating.ExpectAsync(OpCode.Text, message);
            await plain.ExpectAsync(OpCode.Text, message);
        }
        await publishing;

        async Task PublishAllAsync()
        {
            foreach (byte[] message in messages)
                await Backend.PublishAsync(token, message);
        }
    }

    [TestCase(1023, false)]
    [TestCase(1024, true)]
    [TestCase(16 << 10, true)]
    [TestCase(100 << 10, true)]
    [TestCase(1 << 20, true)]
    public async Task Messages_from_1_KiB_on_are_deflated(int length, bool deflated)
    {
        string token = NewToken();
        await using RawWebSocket socket = await JoinDeflatingAsync(token);
        byte[] message = Deflated.Json(length);

        await Backend.PublishAsync(token, message);
        ServerFrame frame = await socket.ReadAsync();

        Assert.That((frame.OpCode, frame.IsDeflated), Is.EqualTo((OpCode.Text, deflated)));
        Assert.That(frame.Message, Is.EqualTo(message));
    }

    [Test]
    public async Task With_a_smaller_window_only_messages_within_it_are_deflated_and_the_others_get_theirs()
    {
        string token = NewToken();
        await using RawWebSocket small = await RawWebSocket.UpgradeAsync(await ConnectAsync(), "permessage-deflate; server_max_window_bits=12");
        Assert.That(small.Extensions, Does.EndWith("; server_max_window_bits=12"));
        await small.HelloAsync(token);
        await using RawWebSocket large = await JoinDeflatingAsync(token);
        await using RawWebSocket plain = await JoinAsync(token);

        foreach ((int length, bool deflated) in ((int, bool)[])[(1000, false), (4096, true), (4097, false), (40_000, false), (2000, true)])
        {
            byte[] message = Deflated.Json(length);
            await Backend.PublishAsync(token, message);
            ServerFrame frame = await small.ReadAsync();
            Assert.That((frame.IsDeflated, frame.Message), Is.EqualTo((deflated, message)), $"{length} bytes");
            Assert.That((await large.ReadAsync()).IsDeflated, Is.EqualTo(length >= 1024), $"{length} bytes");
            await plain.ExpectAsync(OpCode.Text, message);
        }
    }

    [Test]
    public async Task What_does_not_get_smaller_goes_plain()
    {
        string token = NewToken();
        await using RawWebSocket socket = await JoinDeflatingAsync(token);
        byte[] message = TestBytes.Random(20_000);

        await Backend.PublishAsync(token, message);
        ServerFrame frame = await socket.ReadAsync();

        Assert.That((frame.OpCode, frame.IsDeflated), Is.EqualTo((OpCode.Binary, false)));
        Assert.That(frame.Payload, Is.EqualTo(message));
    }

    [Test]
    public async Task What_waited_for_HELLO_arrives([Values(2000, 30_000)] int length)
    {
        string token = NewToken();
        byte[] message = Deflated.Json(length);

        await Backend.PublishAsync(token, message);
        await using RawWebSocket socket = await ConnectDeflatingAsync();
        await socket.SendTextAsync($"HELLO {token}");

        await socket.ExpectAsync(OpCode.Text, message);
    }

    [Test]
    public async Task HELLO_may_be_deflated([Values] bool inFragments)
    {
        string token = NewToken();
        await using RawWebSocket socket = await ConnectDeflatingAsync();
        byte[] hello = Deflated.Message(Encoding.UTF8.GetBytes($"HELLO {token}"));

        await socket.SendAsync(inFragments
            ? [.. ClientFrame.Raw(0x41, hello.AsSpan(0, 3)), .. ClientFrame.Of(OpCode.Continuation, hello.AsSpan(3))]
            : ClientFrame.Raw(0xC1, hello));
        await socket.SendAsync(ClientFrame.Of(OpCode.Ping, "joined"));
        await socket.ExpectAsync(OpCode.Pong, "joined"u8.ToArray());

        Assert.That((await Backend.PublishAsync(token, "x")).Status, Is.EqualTo(200));
        await socket.ExpectTextAsync("x");
    }

    [Test]
    public async Task Deflated_text_after_HELLO_is_checked_and_means_nothing()
    {
        string token = NewToken();
        await using RawWebSocket socket = await JoinDeflatingAsync(token);

        await socket.SendAsync(ClientFrame.Raw(0xC1, Deflated.Message(new byte[2000])));
        await socket.HelloAsync("another");
        await Backend.PublishAsync(token, "still here");

        await socket.ExpectTextAsync("still here");
    }

    [TestCase("61EDA080", 1007)]
    [TestCase("61E282", 1007)]
    public async Task Deflated_text_that_is_not_UTF8_closes_after_HELLO(string hex, int code)
    {
        await using RawWebSocket socket = await JoinDeflatingAsync(NewToken());

        await socket.SendAsync(ClientFrame.Raw(0xC1, Deflated.Message(Convert.FromHexString(hex))));

        await socket.ExpectCloseAsync(code);
    }

    [Test]
    public async Task The_limits_hold_for_what_is_inflated([Values] bool saidHello)
    {
        await using RawWebSocket socket = saidHello ? await JoinDeflatingAsync(NewToken()) : await ConnectDeflatingAsync();

        await socket.SendAsync(ClientFrame.Raw(0xC1, Deflated.Message(new byte[saidHello ? 2001 : 1025])));

        await socket.ExpectCloseAsync(1009);
    }

    [Test]
    public async Task A_deflated_binary_message_is_refused_as_a_plain_one_is()
    {
        await using RawWebSocket socket = await JoinDeflatingAsync(NewToken());

        await socket.SendAsync(ClientFrame.Raw(0xC2, Deflated.Message("x"u8)));

        await socket.ExpectCloseAsync(1003);
    }

    private async Task<RawWebSocket> ConnectDeflatingAsync()
    {
        RawWebSocket socket = await RawWebSocket.UpgradeAsync(await ConnectAsync(), Offer);
        Assert.That(socket.Extensions, Is.EqualTo("permessage-deflate; server_no_context_takeover; client_no_context_takeover"));
        return socket;
    }

    private async Task<RawWebSocket> JoinDeflatingAsync(string token)
    {
        RawWebSocket socket = await ConnectDeflatingAsync();
        await socket.HelloAsync(token);
        return socket;
    }
}
