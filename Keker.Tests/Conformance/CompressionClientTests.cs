using System.Net.WebSockets;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.Deflate;

namespace Keker.Tests.Conformance;

/// <summary>Compression with a client made by others.</summary>
internal sealed class CompressionClientTests : EchoFixture
{
    [Test]
    public async Task Messages_of_every_size_come_back(
        [Values(0, 16, 256, 1024, 4096, 65536, 131072, 1 << 20)] int length, [Values(WebSocketMessageType.Text, WebSocketMessageType.Binary)] WebSocketMessageType type)
    {
        using ClientWebSocket client = await DeflatingClient.ConnectAsync(Keker.EndPoint, EchoPath);
        byte[] message = type == WebSocketMessageType.Text ? Deflated.Json(length) : Deflated.Mixed(length, seed: length);

        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync(message, type, endOfMessage: true, CancellationToken.None).Soon("the server to take it");
            Assert.That(await DeflatingClient.ReadAsync(client, type), Is.EqualTo(message));
        }
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None).Soon("the close");
        Assert.That(client.CloseStatus, Is.EqualTo(WebSocketCloseStatus.NormalClosure));
    }

    [Test]
    public async Task Fragments_come_back_as_one_message([Values(10, 256, 4000)] int fragment)
    {
        using ClientWebSocket client = await DeflatingClient.ConnectAsync(Keker.EndPoint, EchoPath);
        byte[] message = Deflated.Json(20_000);
        byte[][] parts = [.. message.Chunk(fragment)];

        for (int i = 0; i < parts.Length; i++)
            await client.SendAsync(parts[i], WebSocketMessageType.Text, endOfMessage: i == parts.Length - 1, CancellationToken.None).Soon("the server to take it");

        Assert.That(await DeflatingClient.ReadAsync(client, WebSocketMessageType.Text), Is.EqualTo(message));
    }
}
