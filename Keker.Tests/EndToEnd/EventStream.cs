using System.Net;
using System.Text;
using Keker.Tests.Protocol.Sse;

namespace Keker.Tests.EndToEnd;

/// <summary>A client of an event stream that sees every byte of it.</summary>
internal sealed class EventStream(RawClient client) : IAsyncDisposable
{
    private string _lastId = "";

    /// <summary>The request line's target for a token that needs no encoding.</summary>
    public static string Target(string token) => $"/v1/subscribe?token={token}";

    /// <summary>Opens a stream and reads up to the end of its head and of the id it begins with, or of the gap.</summary>
    public static async Task<EventStream> OpenAsync(RawClient client, string token, params string[] headers)
    {
        await client.SendAsync(RawClient.Head("GET", Target(token), ["Accept: text/event-stream", .. headers]));
        RawResponse head = await client.ReadResponseAsync();
        Assert.That(head.Status, Is.EqualTo(200));
        Assert.That(head.Header("Content-Type"), Is.EqualTo("text/event-stream"));
        return new EventStream(client);
    }

    public static async Task<EventStream> OpenAsync(EndPoint endPoint, string token, int receiveBuffer = 0) =>
        await OpenAsync(await RawClient.ConnectAsync(endPoint, receiveBuffer), token);

    /// <summary>What stands up to the next empty line, that one included.</summary>
    public async Task<string> ReadBlockAsync()
    {
        List<byte> block = [];
        while (block is not [.., (byte)'\n', (byte)'\n'])
        {
            int next = await client.ReadByteAsync();
            if (next < 0)
                throw new EndOfStreamException($"the stream ended after '{Encoding.UTF8.GetString([.. block])}'");
            block.Add((byte)next);
        }
        return Encoding.UTF8.GetString([.. block]);
    }

    /// <summary>The next event, comments and ids without data left out.</summary>
    public async Task<ReceivedEvent> ReadAsync()
    {
        while (true)
        {
            string block = await ReadBlockAsync();
            if (Array.Find(block.Split('\n'), line => line.StartsWith("id: ", StringComparison.Ordinal)) is { } id)
                _lastId = id[4..];
            if (ReceivedEvent.ReadAll(block) is [var received])
                return received with { LastId = _lastId };
        }
    }

    public async Task ExpectAsync(string data)
    {
        ReceivedEvent received = await ReadAsync();
        Assert.That((received.Type, received.Data), Is.EqualTo(("message", data)));
    }

    public Task ExpectEndAsync() => client.ExpectEndAsync();

    public Task DrainAsync() => client.DrainAsync();

    public Task SendAsync(byte[] bytes) => client.SendAsync(bytes);

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
