using System.Text;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

internal sealed class SlowReaderTests
{
    private const int MessageBytes = 100_000;
    private const int MostMessages = 2000;

    [TestCase(false)]
    [TestCase(true)]
    public async Task One_that_does_not_read_is_closed_and_delays_nobody(bool tls)
    {
        using var directory = new TempDirectory();
        TestCertificate? certificate = tls ? new TestCertificate() : null;
        certificate?.WriteTo(directory);
        await using KekerProcess keker = await KekerProcess.StartAsync(tls ? TestCertificate.OptionsFor(directory) : []);
        using var backend = new Backend(keker.EndPoint, certificate);
        await using RawWebSocket healthy = await JoinAsync(keker, certificate);
        await using RawWebSocket slow = await JoinAsync(keker, certificate);
        byte[] padding = Encoding.ASCII.GetBytes(new string('x', MessageBytes));

        // How much is too far behind depends on the speed, too: messages of the last 100 ms are kept for everybody.
        int published = 0;
        while (published % 20 > 0 || await CountSlowConsumersAsync(backend) == 0)
        {
            Assert.That(published, Is.LessThan(MostMessages), "the slow one is never closed");
            int i = published++;
            RawResponse response = await backend.PublishAsync("all", [.. Encoding.ASCII.GetBytes($"{i:00000} "), .. padding]);
            Assert.That(response.Status, Is.EqualTo(200));
            Assert.That((await healthy.ReadAsync()).Text[..5], Is.EqualTo($"{i:00000}"));
        }

        Assert.That(await CountSlowConsumersAsync(backend), Is.EqualTo(1));
        await backend.WaitForStatAsync("sessions", count => count == 1);
        await backend.PublishAsync("all", "after");
        await healthy.ExpectTextAsync("after");
        await ExpectPrefixAsync(slow, published);
    }

    [Test]
    public async Task One_that_reads_slowly_but_keeps_up_gets_everything()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync();
        using var backend = new Backend(keker.EndPoint);
        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "all", receiveBuffer: 4096);
        string text = new('x', MessageBytes);

        // Less than --lag behind: more than the kernel takes, so that frames are sent in parts and the rest waits for room.
        for (int i = 0; i < 30; i++)
            Assert.That((await backend.PublishAsync("all", $"{i:00000} {text}")).Status, Is.EqualTo(200));

        for (int i = 0; i < 30; i++)
            await session.ExpectTextAsync($"{i:00000} {text}");
        Assert.That(await CountSlowConsumersAsync(backend), Is.Zero);
    }

    private static async Task<long> CountSlowConsumersAsync(Backend backend) =>
        (await backend.GetAsync("/v1/stats")).Data.GetProperty("slowConsumers").GetInt64();

    private static async Task<RawWebSocket> JoinAsync(KekerProcess keker, TestCertificate? certificate)
    {
        RawClient client = certificate is null
            ? await RawClient.ConnectAsync(keker.EndPoint)
            : await RawClient.ConnectTlsAsync(keker.EndPoint, certificate);
        RawWebSocket socket = await RawWebSocket.UpgradeAsync(client);
        await socket.HelloAsync("all");
        return socket;
    }

    /// <summary>What the slow one did get is the beginning, in order and whole; then 1013, or the cut.</summary>
    private static async Task ExpectPrefixAsync(RawWebSocket slow, int published)
    {
        int got = 0;
        while (await slow.TryReadAsync() is { } frame)
        {
            if (frame.OpCode == OpCode.Close)
            {
                Assert.That(frame.CloseCode, Is.EqualTo(1013));
                break;
            }
            Assert.That(frame.Text[..5], Is.EqualTo($"{got++:00000}"));
        }
        Assert.That(got, Is.LessThan(published));
    }
}
