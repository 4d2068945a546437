using Keker.Protocol.WebSocket;
using Keker.Tests.EndToEnd;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.Conformance;

/// <summary>
/// Tests against /v1/echo, whose sessions send, receive and compress as those of subscribers do. They cover the ground of the known
/// conformance suites, from the RFCs.
/// </summary>
internal abstract class EchoFixture() : KekerFixture("--echo", "on", "--compression", "on")
{
    protected const string EchoPath = "/v1/echo";

    /// <summary>The shortest offer of compression.</summary>
    protected const string Deflate = "permessage-deflate";

    protected async Task<RawWebSocket> ConnectEchoAsync(string? offer = null) => await RawWebSocket.UpgradeAsync(await ConnectAsync(), offer, EchoPath);

    protected static byte[] Ping(string payload) => ClientFrame.Of(OpCode.Ping, payload);

    /// <summary>Reads the echo of a text.</summary>
    protected static Task ExpectEchoAsync(RawWebSocket socket, string text) => socket.ExpectAsync(OpCode.Text, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Reads a pong.</summary>
    protected static Task ExpectPongAsync(RawWebSocket socket, string payload) => socket.ExpectAsync(OpCode.Pong, System.Text.Encoding.UTF8.GetBytes(payload));
}
