using Keker.Protocol.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.Deflate;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Conformance;

internal sealed class CompressionOfferTests : EchoFixture
{
    private const string Accepted = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    [TestCase("permessage-deflate", Accepted)]
    [TestCase("permessage-deflate; client_no_context_takeover", Accepted)]
    [TestCase("permessage-deflate; server_no_context_takeover", Accepted)]
    [TestCase("permessage-deflate; client_max_window_bits", Accepted)]
    [TestCase("permessage-deflate; client_max_window_bits=9", Accepted)]
    [TestCase("permessage-deflate; client_no_context_takeover; client_max_window_bits=\"15\"", Accepted)]
    [TestCase("permessage-deflate; server_max_window_bits=15", Accepted + "; server_max_window_bits=15")]
    [TestCase("permessage-deflate; server_max_window_bits=16", null)]
    [TestCase("permessage-deflate; server_max_window_bits", null)]
    [TestCase("permessage-deflate; unknown", null)]
    [TestCase("permessage-deflate; client_no_context_takeover; client_no_context_takeover", null)]
    [TestCase("x-webkit-deflate-frame", null)]
    [TestCase("permessage-deflate; server_max_window_bits=7, permessage-deflate", Accepted)]
    [TestCase("permessage-deflate; server_max_window_bits=13; client_max_window_bits, permessage-deflate; client_max_window_bits", Accepted + "; server_max_window_bits=13")]
    [TestCase("x-webkit-deflate-frame, permessage-deflate; client_max_window_bits", Accepted)]
    public async Task What_is_answered_to_an_offer_holds(string offer, string? answer)
    {
        await using RawWebSocket socket = await ConnectEchoAsync(offer);
        byte[] message = Deflated.Json(5000);

        await socket.SendAsync(ClientFrame.Of(OpCode.Text, message));
        ServerFrame echo = await socket.ReadAsync();

        Assert.That(socket.Extensions, Is.EqualTo(answer));
        Assert.That((echo.OpCode, echo.IsDeflated), Is.EqualTo((OpCode.Text, answer is not null)));
        Assert.That(echo.Message, Is.EqualTo(message));
    }

    /// <summary>No distance in a deflated message exceeds the message, so who gets none over its window never needs a larger one.</summary>
    [Test]
    public async Task With_a_smaller_window_larger_messages_go_plain([Range(8, 14)] int bits)
    {
        await using RawWebSocket socket = await ConnectEchoAsync($"permessage-deflate; server_max_window_bits={bits}");
        Assert.That(socket.Extensions, Is.EqualTo($"{Accepted}; server_max_window_bits={bits}"));
        foreach (int length in (int[])[1 << bits, (1 << bits) + 1, 40_000])
        {
            byte[] message = Deflated.Json(length);
            await socket.SendAsync(ClientFrame.Of(OpCode.Text, message));
            ServerFrame echo = await socket.ReadAsync();
            Assert.That(echo.IsDeflated, Is.EqualTo(length <= 1 << bits && length >= 1024), $"{length} bytes");
            Assert.That(echo.Message, Is.EqualTo(message));
        }
    }
}
