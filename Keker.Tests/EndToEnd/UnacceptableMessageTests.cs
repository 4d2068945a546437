using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

/// <summary>A client that closes or goes away because of one message, beside a healthy session of the same token.</summary>
[TestFixture(false, TestName = "Messages that a client cannot take, over plain TCP")]
[TestFixture(true, TestName = "Messages that a client cannot take, over TLS")]
internal sealed class UnacceptableMessageTests(bool tls) : KekerFixture
{
    private const int TooLarge = 40_000;

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
            return [.. TestCertificate.OptionsFor(_directory)];
        }
    }

    [OneTimeTearDown]
    public void RemoveFiles() => _directory.Dispose();

    [Test]
    public async Task Who_closes_with_1009_gets_what_follows_when_it_comes_back()
    {
        string token = NewToken();
        await using RawWebSocket healthy = await JoinHealthyAsync(token);
        await using RawWebSocket limited = await JoinAsync(token);
        limited.AnswersPings = false;
        byte[] large = new byte[TooLarge];
        await Backend.PublishAsync(token, "before");
        await Backend.PublishAsync(token, large);
        await Backend.PublishAsync(token, "after");
        string[] all = await ReadMessagesAsync(healthy, 3);
        Assert.That((all[0], all[1].Length, all[2]), Is.EqualTo(("before", TooLarge, "after")));
        await ReadMessagesAsync(limited, 2);
        await limited.SendAsync(ClientFrame.Close(CloseCode.MessageTooBig));
        while (await limited.TryReadAsync() is not null)
        {
        }

        await using RawWebSocket again = await ComeBackAsync(token);
        await Backend.PublishAsync(token, "live");
        Assert.That(await ReadMessagesAsync(again, 2), Is.EqualTo(new[] { "after", "live" }));
        Assert.That(await ReadMessagesAsync(healthy, 1), Is.EqualTo(new[] { "live" }));
        await Backend.WaitForStatAsync("skipped", value => value > 0);
    }

    [Test]
    public async Task Who_goes_away_without_a_word_gets_what_follows_after_three_more_times()
    {
        string token = NewToken();
        await using RawWebSocket healthy = await JoinHealthyAsync(token);
        RawWebSocket weak = await JoinAsync(token);
        await Backend.PublishAsync(token, "chokes");
        await Backend.PublishAsync(token, "after");
        Assert.That(await ReadMessagesAsync(healthy, 2), Is.EqualTo(new[] { "chokes", "after" }));
        for (int times = 0; times <= 3; times++)
        {
            weak.AnswersPings = false;
            Assert.That(await ReadMessagesAsync(weak, 2), Is.EqualTo(new[] { "chokes", "after" }), $"time {times}");
            await Backend.WaitForStatAsync("sessions", value => value == 2);
            await weak.DisposeAsync();
            await Backend.WaitForStatAsync("sessions", value => value == 1);
            weak = await ComeBackAsync(token);
        }
        Assert.That(await ReadMessagesAsync(weak, 1), Is.EqualTo(new[] { "after" }));
        await weak.DisposeAsync();
    }

    /// <summary>It does not look like the other one: whatever it leaves unanswered, that goes on at its own place.</summary>
    private async Task<RawWebSocket> JoinHealthyAsync(string token)
    {
        RawWebSocket socket = await RawWebSocket.UpgradeAsync(await ConnectAsync(), userAgent: "healthy");
        await socket.HelloAsync(token);
        return socket;
    }

    private async Task<RawWebSocket> ComeBackAsync(string token)
    {
        RawWebSocket socket = await ConnectWebSocketAsync();
        await socket.SendTextAsync($"HELLO {token}");
        return socket;
    }

    private static async Task<string[]> ReadMessagesAsync(RawWebSocket socket, int count)
    {
        List<string> messages = [];
        while (messages.Count < count)
        {
            ServerFrame frame = await socket.ReadAsync();
            if (frame.OpCode is OpCode.Text or OpCode.Binary)
                messages.Add(frame.Text);
        }
        return [.. messages];
    }
}
