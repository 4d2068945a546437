using Keker.Protocol.WebSocket;
using Keker.Tests.EndToEnd;
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
    [TestCase("permessage-deflate; server_max_window_bits=9", null)]
    [TestCase("permessage-deflate; server_max_window_bits=16", null)]
    [TestCase("permessage-deflate; server_max_window_bits", null)]
    [TestCase("permessage-deflate; unknown", null)]
    [TestCase("permessage-deflate; client_no_context_takeover; client_no_context_takeover", null)]
    [TestCase("x-webkit-deflate-frame", null)]
    [TestCase("permessage-deflate; server_max_window_bits=9, permessage-deflate", Accepted)]
    [TestCase("permessage-deflate; server_max_window_bits=9; client_max_window_bits, permessage-deflate; client_max_window_bits, permessage-deflate", Accepted)]
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
}
