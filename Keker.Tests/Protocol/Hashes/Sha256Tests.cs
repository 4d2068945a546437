using System.Security.Cryptography;
using Keker.Protocol.Hashes;

namespace Keker.Tests.Protocol.Hashes;

internal sealed class Sha256Tests
{
    [Test]
    public void Every_length_around_the_block_border_hashes_as_the_runtime_does()
    {
        byte[] input = new byte[300];
        new Random(1).NextBytes(input);
        byte[] hash = new byte[Sha256.HashLength];
        for (int length = 0; length <= input.Length; length++)
        {
            Sha256.Hash(input.AsSpan(0, length), hash);
            Assert.That(hash, Is.EqualTo(SHA256.HashData(input.AsSpan(0, length))), $"{length} bytes");
        }
    }
}
