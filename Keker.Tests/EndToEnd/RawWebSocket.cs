using System.Buffers.Binary;
using System.Net;
using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

/// <summary>A WebSocket client made of bytes: it sends whatever frame it is told to and checks every frame it gets.</summary>
internal sealed class RawWebSocket(RawClient client, string? extensions = null) : IAsyncDisposable
{
    private const string SubscribePath = "/v1/subscribe";

    /// <summary>The key and, for it, the accept value of RFC 6455 1.3.</summary>
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    public const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    public RawClient Client => client;

    /// <summary>What the server answered to the extensions that were offered; null for nothing.</summary>
    public string? Extensions => extensions;

    /// <summary>The sub-protocol that the server chose; null for none.</summary>
    public string? Protocol { get; private init; }

    /// <summary>Whether pings are answered unseen, as every WebSocket client does.</summary>
    public bool AnswersPings { get; set; } = true;

    public static string Handshake(params string[] headers) => RawClient.Head(
        "GET", SubscribePath, ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", $"Sec-WebSocket-Key: {Key}", .. headers]);

    /// <summary>Connects and shakes hands.</summary>
    public static async Task<RawWebSocket> ConnectAsync(EndPoint endPoint, int receiveBuffer = 0) =>
        await UpgradeAsync(await RawClient.ConnectAsync(endPoint, receiveBuffer));

    /// <summary>Shakes hands on a connection.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="offer">The extensions to offer, if any.</param>
    /// <param name="path">The route.</param>
    /// <param name="protocols">The sub-protocols to offer, if any.</param>
    /// <param name="userAgent">What it says that it is, if anything: clients that say something else do not look alike.</param>
    public static async Task<RawWebSocket> UpgradeAsync(RawClient client, string? offer = null, string path = SubscribePath, string? protocols = null, string? userAgent = null)
    {
        string[] offers = [.. new[] { ("Extensions", offer), ("Protocol", protocols) }.Where(header => header.Item2 is not null).Select(header => $"Sec-WebSocket-{header.Item1}: {header.Item2}")];
        string handshake = Handshake([.. offers, .. userAgent is null ? Array.Empty<string>() : [$"User-Agent: {userAgent}"]]);
        await client.SendAsync(handshake.Replace(SubscribePath, path, StringComparison.Ordinal));
        RawResponse response = await client.ReadResponseAsync();
        Assert.That((response.Status, response.Header("Sec-WebSocket-Accept")), Is.EqualTo((101, Accept)));
        return new RawWebSocket(client, response.Header("Sec-WebSocket-Extensions")) { Protocol = response.Header("Sec-WebSocket-Protocol") };
    }

    /// <summary>Connects, says HELLO and waits until the server has taken it.</summary>
    public static async Task<RawWebSocket> JoinAsync(EndPoint endPoint, string token, int receiveBuffer = 0)
    {
        RawWebSocket socket = await ConnectAsync(endPoint, receiveBuffer);
        await socket.HelloAsync(token);
        return socket;
    }

    /// <summary>Says HELLO; the answer to the ping behind it shows that the server has joined the session.</summary>
    public async Task HelloAsync(string token)
    {
        await SendAsync([.. ClientFrame.Of(OpCode.Text, $"HELLO {token}"), .. ClientFrame.Of(OpCode.Ping, "joined")]);
        ServerFrame answer = await ReadAsync();
        Assert.That((answer.OpCode, answer.Text), Is.EqualTo((OpCode.Pong, "joined")));
    }

    public Task SendAsync(byte[] frames) => client.SendAsync(frames);

    /// <summary>Sends bytes in pieces of a size, each with a call of its own.</summary>
    public async Task SendInPiecesAsync(byte[] frames, int size)
    {
        foreach (byte[] piece in frames.Chunk(size))
            await SendAsync(piece);
    }

    public Task SendTextAsync(string text) => SendAsync(ClientFrame.Of(OpCode.Text, text));

    /// <summary>Reads a frame; there has to be one.</summary>
    public async Task<ServerFrame> ReadAsync() =>
        await TryReadAsync() ?? throw new EndOfStreamException("the connection ended where a frame was expected");

    /// <summary>Reads a frame, or null at the end of the connection, which may come in the middle of one.</summary>
    public async Task<ServerFrame?> TryReadAsync()
    {
        ServerFrame? frame;
        while ((frame = await TryReadAnyAsync()) is { OpCode: OpCode.Ping } ping && AnswersPings)
            await SendAsync(ClientFrame.Of(OpCode.Pong, ping.Payload));
        return frame;
    }

    private async Task<ServerFrame?> TryReadAnyAsync()
    {
        int first = await client.ReadByteAsync();
        if (first < 0)
            return null;
        try
        {
            var opCode = (OpCode)(first & 0x0F);
            bool mayBeDeflated = extensions is not null && opCode is (OpCode.Text or OpCode.Binary);
            Assert.That(first & (mayBeDeflated ? 0xB0 : 0xF0), Is.EqualTo(0x80), "the server sends whole messages and sets no reserved bit without a meaning");
            return new ServerFrame(opCode, await client.ReadExactlyAsync(await ReadLengthAsync()), IsDeflated: (first & 0x40) != 0);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads a frame that has to be this message, deflated or not, or this control frame.</summary>
    public async Task ExpectAsync(OpCode opCode, byte[] message)
    {
        ServerFrame frame = await ReadAsync();
        Assert.That(frame.OpCode, Is.EqualTo(opCode));
        Assert.That(frame.Message.AsSpan().SequenceEqual(message), Is.True, $"{frame.Message.Length} bytes are not the {message.Length} expected");
    }

    public async Task ExpectTextAsync(string text)
    {
        ServerFrame frame = await ReadAsync();
        Assert.That((frame.OpCode, frame.Text), Is.EqualTo((OpCode.Text, text)));
    }

    /// <summary>Reads a Close frame, answers it as a client does, and waits for the end.</summary>
    public async Task ExpectCloseAsync(int code, string? reason = null)
    {
        ServerFrame frame = await ReadAsync();
        Assert.That((frame.OpCode, frame.CloseCode), Is.EqualTo((OpCode.Close, code)), Encoding.UTF8.GetString(frame.Payload));
        if (reason is not null)
            Assert.That(frame.CloseReason, Is.EqualTo(reason));
        await AnswerCloseAsync(frame);
        await client.ExpectEndAsync();
    }

    /// <summary>Answers a Close with its own code, as clients do.</summary>
    public Task AnswerCloseAsync(ServerFrame close) => SendAsync(ClientFrame.Of(OpCode.Close, close.Payload.AsSpan(0, Math.Min(2, close.Payload.Length))));

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private async Task<int> ReadLengthAsync()
    {
        int length = (await client.ReadExactlyAsync(1))[0];
        switch (length)
        {
            case 126:
                length = BinaryPrimitives.ReadUInt16BigEndian(await client.ReadExactlyAsync(2));
                Assert.That(length, Is.GreaterThan(125), "the shortest length");
                break;
            case 127:
                length = (int)BinaryPrimitives.ReadUInt64BigEndian(await client.ReadExactlyAsync(8));
                Assert.That(length, Is.GreaterThan(0xFFFF), "the shortest length");
                break;
            default:
                Assert.That(length, Is.LessThan(126), "the server does not mask");
                break;
        }
        return length;
    }
}
