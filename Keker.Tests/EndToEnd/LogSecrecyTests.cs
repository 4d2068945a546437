using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

/// <summary>A log is read by people and programs that must not learn tokens, keys or messages from it.</summary>
internal sealed class LogSecrecyTests
{
    [Test]
    public async Task At_its_most_talkative_it_holds_no_token_key_or_payload_and_no_control_byte()
    {
        await using KekerProcess keker = await KekerProcess.StartAsync("--verbose", "DEBUG", "--publish-key", "SECRET-key");
        using var backend = new Backend(keker.EndPoint) { Key = "SECRET-key" };
        using var stranger = new Backend(keker.EndPoint) { Key = "SECRET-guess" };
        const string Escapes = "\u001B[31m\r\nSECRET forged line\u2028\u202E\0";

        await using RawWebSocket session = await RawWebSocket.JoinAsync(keker.EndPoint, "SECRET-token\u202E");
        await backend.PublishAsync("SECRET-token\u202E", "SECRET payload");
        await backend.PublishAsync("SECRET-absent", "SECRET payload");
        await backend.BroadcastAsync(Escapes);
        await stranger.PublishAsync("SECRET-token", "SECRET payload");
        await backend.GetAsync("/v1/SECRET?SECRET");
        await backend.GetAsync("/v1/sessions?token=SECRET-token");
        await backend.DeleteAsync("/v1/sessions?token=SECRET-token&reason=SECRET&refuse=1");
        await session.SendTextAsync(Escapes);
        await session.SendAsync(ClientFrame.Of(OpCode.Close, [0x03, 0xE8, .. "SECRET reason"u8]));
        foreach (string request in new[]
        {
            RawClient.Head("GET", "/v1/health", "User-Agent: SECRET \u001B[31m", "X: SECRET\rforged"),
            RawClient.Head("PUT", "/v1/publish", "Token: SECRET two words", "Authorization: Bearer SECRET-key", "Content-Length: 0"),
            "SECRET / HTTP/1.1\r\n\r\n",
            RawWebSocket.Handshake("Origin: http://SECRET.example", "Sec-WebSocket-Protocol: SECRET"),
        })
        {
            await using RawClient client = await RawClient.ConnectAsync(keker.EndPoint);
            await client.SendAsync(request);
            await client.ReadResponseAsync();
        }
        await using RawWebSocket malformed = await RawWebSocket.ConnectAsync(keker.EndPoint);
        await malformed.SendTextAsync("SECRET " + Escapes);
        await malformed.ExpectCloseAsync(1008);
        await malformed.DisposeAsync();
        await session.DisposeAsync();
        keker.Send(Signal.Terminate);
        Assert.That(await keker.WaitForExitAsync(), Is.Zero);

        string log = keker.Log.Text;
        Assert.That(log, Does.Contain("DEBUG ").And.Contain("HELLO of token ").And.Contain("logged out by the backend").And.Contain("refused with 401"));
        Assert.That(log.Replace(" hook-secret=none ", "", StringComparison.Ordinal), Does.Not.Contain("SECRET").IgnoreCase);
        Assert.That(log.Where(c => c is not '\n' and (< ' ' or > '~')), Is.Empty);
    }
}
