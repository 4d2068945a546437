using System.Security.Cryptography;
using System.Text;
using Keker.Protocol.Hashes;

namespace Keker.Tests.Protocol;

internal sealed class HmacSha256Tests
{
    /// <summary>Test cases 2 and 6 of RFC 4231.</summary>
    [Test]
    public void It_is_that_of_RFC_4231()
    {
        Assert.That(
            Convert.ToHexStringLower(HmacSha256.Of("Jefe"u8, "what do ya want for nothing?"u8)),
            Is.EqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
        byte[] longKey = new byte[131];
        Array.Fill(longKey, (byte)0xAA);
        Assert.That(
            Convert.ToHexStringLower(HmacSha256.Of(longKey, "Test Using Larger Than Block-Size Key - Hash Key First"u8)),
            Is.EqualTo("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
    }

    [Test]
    public void It_is_that_of_the_platform_at_every_length([Values(0, 1, 63, 64, 65, 200)] int key, [Values(0, 1, 55, 64, 1000)] int message)
    {
        byte[] keyBytes = Encoding.ASCII.GetBytes(new string('k', key));
        byte[] messageBytes = Encoding.ASCII.GetBytes(new string('m', message));
        Assert.That(HmacSha256.Of(keyBytes, messageBytes), Is.EqualTo(HMACSHA256.HashData(keyBytes, messageBytes)));
    }
}
