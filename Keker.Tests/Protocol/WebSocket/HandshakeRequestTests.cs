using System.Text;
using Keker.Protocol.Http;
using Keker.Protocol.WebSocket;
using Result = Keker.Protocol.WebSocket.HandshakeRequest.Result;

namespace Keker.Tests.Protocol.WebSocket;

[TestFixture]
internal sealed class HandshakeRequestTests
{
    private const string Start = "GET /v1/subscribe HTTP/1.1\r\nHost: a\r\n";
    private const string Upgrade = "Upgrade: websocket\r\n";
    private const string Connection = "Connection: Upgrade\r\n";
    private const string Version = "Sec-WebSocket-Version: 13\r\n";
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private const string Valid = Start + Upgrade + Connection + Version + Key;

    [TestCase(Valid)]
    [TestCase(Start + "upgrade: WebSocket\r\nCONNECTION: upgrade\r\nsec-websocket-version:13\r\n" + Key)]
    [TestCase(Start + "Upgrade: h2c , websocket\r\nConnection: keep-alive, Upgrade\r\n" + Version + Key)]
    [TestCase(Start + "Upgrade: h2c\r\n" + Upgrade + "Connection: keep-alive\r\n" + Connection + Version + Key)]
    [TestCase(Valid + "Content-Length: 0\r\n")]
    [TestCase(Valid + "Origin: https://a\r\n")]
    public void A_valid_handshake_is_accepted_with_its_key(string fields)
    {
        RequestHead head = Parse(fields + "\r\n", out byte[] bytes);

        Assert.That(HandshakeRequest.Evaluate(head, bytes, out Slice key), Is.EqualTo(Result.Accept));
        Assert.That(Encoding.ASCII.GetString(key.In(bytes)), Is.EqualTo("dGhlIHNhbXBsZSBub25jZQ=="));
    }

    [TestCase(Start, Result.NotWebSocket, 426)]
    [TestCase(Start + Connection + Version + Key, Result.NotWebSocket, 426)]
    [TestCase("POST / HTTP/1.1\r\nHost: a\r\n" + Upgrade + Connection + Version + Key, Result.BadMethod, 405)]
    [TestCase("HEAD / HTTP/1.1\r\nHost: a\r\n", Result.BadMethod, 405)]
    [TestCase("GET / HTTP/1.0\r\nHost: a\r\n" + Upgrade + Connection + Version + Key, Result.Http10, 400)]
    [TestCase(Valid + "Content-Length: 1\r\n", Result.HasBody, 400)]
    [TestCase(Valid + "Transfer-Encoding: chunked\r\n", Result.HasBody, 400)]
    [TestCase(Start + "Upgrade: h2c\r\n" + Connection + Version + Key, Result.NotWebSocket, 426)]
    [TestCase(Start + "Upgrade:\r\n" + Connection + Version + Key, Result.NotWebSocket, 426)]
    [TestCase(Start + "Upgrade: websockets\r\n" + Connection + Version + Key, Result.NotWebSocket, 426)]
    [TestCase(Start + "Upgrade: web socket\r\n" + Connection + Version + Key, Result.NotWebSocket, 426)]
    [TestCase(Start + Upgrade + Version + Key, Result.BadConnection, 400)]
    [TestCase(Start + Upgrade + "Connection: keep-alive\r\n" + Version + Key, Result.BadConnection, 400)]
    [TestCase(Start + Upgrade + Connection + Key, Result.MissingVersion, 400)]
    [TestCase(Start + Upgrade + Connection + "Sec-WebSocket-Version: 8\r\n" + Key, Result.BadVersion, 426)]
    [TestCase(Start + Upgrade + Connection + "Sec-WebSocket-Version: 013\r\n" + Key, Result.BadVersion, 426)]
    [TestCase(Start + Upgrade + Connection + "Sec-WebSocket-Version: 13, 8\r\n" + Key, Result.BadVersion, 426)]
    [TestCase(Start + Upgrade + Connection + "Sec-WebSocket-Version:\r\n" + Key, Result.BadVersion, 426)]
    [TestCase(Start + Upgrade + Connection + Version + Version + Key, Result.BadVersion, 426)]
    [TestCase(Start + Upgrade + Connection + "Sec-WebSocket-Version: 8\r\n", Result.BadVersion, 426)]
    [TestCase(Start + Upgrade + Connection + Version, Result.BadKey, 400)]
    [TestCase(Valid + Key, Result.BadKey, 400)]
    [TestCase(Valid + "Origin: https://a\r\nOrigin: https://b\r\n", Result.RepeatedOrigin, 400)]
    public void Anything_else_is_refused_for_its_reason(string fields, Result result, int status)
    {
        RequestHead head = Parse(fields + "\r\n", out byte[] bytes);

        Assert.That(HandshakeRequest.Evaluate(head, bytes, out Slice key), Is.EqualTo(result));
        Assert.That(key, Is.EqualTo(default(Slice)));
        Assert.That(result.Status(), Is.EqualTo(status));
        Assert.That(result.Message().Length, Is.GreaterThan(10));
    }

    [TestCase("AAAAAAAAAAAAAAAAAAAAAA==", true)]
    [TestCase("++++//////azAZ09aaaaaQ==", true)]
    [TestCase("aaaaaaaaaaaaaaaaaaaaag==", true)]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaw==", true)]
    [TestCase("aaaaaaaaaaaaaaaaaaaaab==", false, Description = "bits below the last byte are set")]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaaA=", false, Description = "17 bytes")]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaaaa", false, Description = "18 bytes")]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaA", false, Description = "no padding")]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaA=a", false)]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaA===", false)]
    [TestCase("aaaaaaaaaaaaaaaaaaaa-A==", false, Description = "base64url")]
    [TestCase("aaaaaaaaaaaaaaaaaaaa A==", false)]
    [TestCase("aaaaaaaaaaaaaaaaaaaa=A==", false)]
    [TestCase("aaaaaaaaaaaaaaaaaaaa\xE9" + "A==", false)]
    [TestCase("x", false)]
    [TestCase("", false)]
    public void A_key_is_the_canonical_base64_of_16_bytes(string key, bool good)
    {
        RequestHead head = Parse(Start + Upgrade + Connection + Version + $"Sec-WebSocket-Key: {key}\r\n\r\n", out byte[] bytes);

        Assert.That(HandshakeRequest.Evaluate(head, bytes, out _), Is.EqualTo(good ? Result.Accept : Result.BadKey));
    }

    [Test]
    public void Origin_protocols_and_extensions_are_found_with_all_their_lines()
    {
        RequestHead head = Parse(
            Valid + "Origin: https://a:8443\r\nSec-WebSocket-Protocol: x, keker.v2\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"
            + "sec-websocket-protocol: y\r\nsec-websocket-extensions: permessage-deflate; a=1, z\r\n\r\n",
            out byte[] bytes);

        Assert.That(HandshakeRequest.TryGetOrigin(head, bytes, out Slice origin), Is.True);
        Assert.That(Encoding.ASCII.GetString(origin.In(bytes)), Is.EqualTo("https://a:8443"));
        Assert.That(Texts(HandshakeRequest.Protocols(head, bytes), bytes), Is.EqualTo(["x, keker.v2", "y"]));
        Assert.That(Texts(HandshakeRequest.Extensions(head, bytes), bytes), Is.EqualTo(["permessage-deflate", "permessage-deflate; a=1, z"]));
    }

    [Test]
    public void A_client_without_origin_protocols_and_extensions_has_none()
    {
        RequestHead head = Parse(Valid + "\r\n", out byte[] bytes);

        Assert.That(HandshakeRequest.TryGetOrigin(head, bytes, out _), Is.False);
        Assert.That(Texts(HandshakeRequest.Protocols(head, bytes), bytes), Is.Empty);
        Assert.That(Texts(HandshakeRequest.Extensions(head, bytes), bytes), Is.Empty);
    }

    [Test]
    public void Accept_needs_no_excuse()
    {
        Assert.That(Result.Accept.Status(), Is.EqualTo(101));
        Assert.That(() => Result.Accept.Message().Length, Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private static List<string> Texts(FieldValues values, byte[] bytes)
    {
        List<string> texts = [];
        foreach (Slice value in values)
            texts.Add(Encoding.ASCII.GetString(value.In(bytes)));
        return texts;
    }

    private static RequestHead Parse(string text, out byte[] bytes)
    {
        bytes = Encoding.Latin1.GetBytes(text);
        RequestHead head = new();
        Assert.That(head.Parse(bytes), Is.EqualTo(ParseStatus.Complete), $"{head.Failure}");
        return head;
    }
}
