using System.Buffers;
using System.Net.WebSockets;
using Keker.Protocol.Deflate;
using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Protocol.Deflate;

/// <summary>The platform's WebSocket client as the peer, in both directions.</summary>
[TestFixture]
internal sealed class DeflateInteropTests
{
    private static readonly int[] Sizes = [0, 1, 100, 1024, 5000, 70_000, 300_000];

    [Test]
    public async Task What_the_platform_sends_is_inflated([Values] bool fragmented)
    {
        var connection = new OneWayStream([]);
        using (System.Net.WebSockets.WebSocket client = Client(connection))
        {
            foreach (byte[] plain in Messages())
            {
                int first = fragmented ? plain.Length / 3 : 0;
                if (fragmented) await client.SendAsync(plain.AsMemory(0, first), WebSocketMessageType.Binary, endOfMessage: false, default);
                await client.SendAsync(plain.AsMemory(first), WebSocketMessageType.Binary, endOfMessage: true, default);
            }
        }

        var reader = new FrameReader(1_000_000, maxFragments: 100, allowCompressed: true);
        var input = new ReadOnlySequence<byte>(connection.Outgoing);
        byte[] control = new byte[FrameWriter.MaxControlPayload];
        foreach (byte[] plain in Messages())
        {
            var sink = new ArrayBufferWriter<byte>();
            Assert.That(reader.Read(ref input, sink, control, out _), Is.EqualTo(FrameEvent.Binary));
            Assert.That(reader.MessageCompressed, Is.True);
            Assert.That(Deflated.Inflate(sink.WrittenSpan.ToArray(), out byte[] inflated), Is.EqualTo(InflateStatus.Complete));
            Assert.That(inflated.AsSpan().SequenceEqual(plain), Is.True, $"{plain.Length} bytes");
        }
    }

    [Test]
    public async Task The_platform_inflates_what_is_deflated()
    {
        byte[][] plain = [.. Messages().Where(message => message.Length >= Deflater.MinBytes)];
        byte[][] frames = [.. plain.Select(message => Deflater.TryDeflateFrame(OpCode.Binary, message)!)];

        using System.Net.WebSockets.WebSocket client = Client(new OneWayStream(ClientFrame.Join(frames)));
        byte[] buffer = new byte[400_000];
        foreach (byte[] message in plain)
        {
            int length = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await client.ReceiveAsync(buffer.AsMemory(length), default);
                length += result.Count;
            }
            while (!result.EndOfMessage);
            Assert.That(buffer.AsSpan(0, length).SequenceEqual(message), Is.True, $"{message.Length} bytes");
        }
    }

    private static IEnumerable<byte[]> Messages() => Sizes.Select(size => Deflated.Json(size, seed: size));

    private static System.Net.WebSockets.WebSocket Client(OneWayStream connection) =>
        System.Net.WebSockets.WebSocket.CreateFromStream(connection, new WebSocketCreationOptions
        {
            DangerousDeflateOptions = new WebSocketDeflateOptions { ClientContextTakeover = false, ServerContextTakeover = false },
        });
}
