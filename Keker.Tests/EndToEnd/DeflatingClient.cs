using System.Net;
using System.Net.WebSockets;

namespace Keker.Tests.EndToEnd;

/// <summary>The platform's WebSocket client with compression.</summary>
internal static class DeflatingClient
{
    /// <summary>Connects; compression has to be negotiated, without context takeover on either side.</summary>
    public static async Task<ClientWebSocket> ConnectAsync(IPEndPoint endPoint, string path)
    {
        var client = new ClientWebSocket();
        client.Options.DangerousDeflateOptions = new WebSocketDeflateOptions { ClientContextTakeover = false, ServerContextTakeover = false };
        client.Options.CollectHttpResponseDetails = true;
        await client.ConnectAsync(new Uri($"ws://{endPoint}{path}"), CancellationToken.None).Soon("the WebSocket handshake");
        Assert.That(client.HttpResponseHeaders!["Sec-WebSocket-Extensions"].Single(), Does.StartWith("permessage-deflate"));
        return client;
    }

    /// <summary>Reads one whole message.</summary>
    public static async Task<byte[]> ReadAsync(ClientWebSocket client, WebSocketMessageType type)
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[64 << 10];
        while (true)
        {
            WebSocketReceiveResult part = await client.ReceiveAsync(buffer, CancellationToken.None).Soon("a message");
            Assert.That(part.MessageType, Is.EqualTo(type));
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return message.ToArray();
        }
    }
}
