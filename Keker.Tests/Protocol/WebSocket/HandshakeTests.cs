using System.Security.Cryptography;
using System.Text;
using Keker.Protocol.Hashes;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

/// <summary>The server's half of the opening handshake: SHA-1, the accept key, the 101 response.</summary>
[TestFixture]
internal sealed class HandshakeTests
{
    private const string SampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static ReadOnlySpan<byte> SampleKey => "dGhlIHNhbXBsZSBub25jZQ=="u8;

    [Test]
    public void The_hash_equals_the_runtimes_for_every_length([Range(0, 200)] int length)
    {
        byte[] input = TestBytes.Random(length, seed: length);
        byte[] hash = new byte[Sha1.HashLength];
        Sha1.Hash(input, hash);
#pragma warning disable CA5350 // The weak algorithm is the one to compare with.
        Assert.That(hash, Is.EqualTo(SHA1.HashData(input)));
#pragma warning restore CA5350
    }

    [Test]
    public void The_sample_key_of_the_RFC_gives_its_accept_key()
    {
        byte[] accept = new byte[AcceptKey.AcceptLength];
        AcceptKey.Write(SampleKey, accept);
        Assert.That(Encoding.ASCII.GetString(accept), Is.EqualTo(SampleAccept));
    }

    [TestCase(23, 28)]
    [TestCase(25, 28)]
    [TestCase(24, 27)]
    public void Wrong_lengths_are_refused(int key, int accept) =>
        Assert.That(() => AcceptKey.Write(new byte[key], new byte[accept]), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [TestCase("", "", "")]
    [TestCase("keker.v2", "", "Sec-WebSocket-Protocol: keker.v2\r\n")]
    [TestCase("", "permessage-deflate", "Sec-WebSocket-Extensions: permessage-deflate\r\n")]
    [TestCase("a", "b; c", "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Extensions: b; c\r\n")]
    public void The_response_has_the_headers_that_were_chosen(string subProtocol, string extensions, string expected)
    {
        byte[] destination = new byte[UpgradeResponse.Length(subProtocol.Length, extensions.Length)];
        int written = UpgradeResponse.Write(destination, SampleKey, Encoding.ASCII.GetBytes(subProtocol), Encoding.ASCII.GetBytes(extensions));
        Assert.That(
            Encoding.ASCII.GetString(destination, 0, written),
            Is.EqualTo(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
                $"Sec-WebSocket-Accept: {SampleAccept}\r\n{expected}\r\n"));
        Assert.That(written, Is.EqualTo(destination.Length));
    }

    [Test]
    public void A_response_without_room_is_refused()
    {
        byte[] destination = new byte[UpgradeResponse.Length(0, 0) - 1];
        Assert.That(() => UpgradeResponse.Write(destination, SampleKey), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
