using Keker.Server.Broker;

namespace Keker.Tests.Server.Broker;

internal sealed class TokenComparerTests
{
    private static readonly TokenComparer Comparer = TokenComparer.Instance;

    [Test]
    public void Equal_bytes_are_equal_and_hash_alike_at_every_length()
    {
        for (int length = 1; length <= 64; length++)
        {
            byte[] token = Random(length);
            byte[] copy = [.. token];
            Assert.That(Comparer.Equals(token, copy), Is.True);
            Assert.That(Comparer.Equals(token.AsSpan(), copy), Is.True);
            Assert.That(Comparer.GetHashCode(token), Is.EqualTo(Comparer.GetHashCode(copy)));
            Assert.That(Comparer.GetHashCode(token.AsSpan()), Is.EqualTo(Comparer.GetHashCode(token)));
            Assert.That(Comparer.Create(token.AsSpan()), Is.EqualTo(token).And.Not.SameAs(token));
        }
    }

    [Test]
    public void Every_byte_counts_the_odd_last_one_too()
    {
        for (int length = 1; length <= 33; length++)
        {
            byte[] token = Random(length);
            for (int i = 0; i < length; i++)
            {
                byte[] other = [.. token];
                other[i] ^= 1;
                Assert.That(Comparer.Equals(token, other), Is.False);
                Assert.That(Comparer.GetHashCode(token), Is.Not.EqualTo(Comparer.GetHashCode(other)), $"byte {i} of {length}");
            }
        }
    }

    [Test]
    public void A_token_is_not_its_own_beginning()
    {
        byte[] token = Random(9);
        Assert.That(Comparer.Equals(token, token[..8]), Is.False);
        Assert.That(Comparer.Equals(token.AsSpan(0, 8), token), Is.False);
        Assert.That(Comparer.Equals(token, [.. token, 0]), Is.False);
        Assert.That(Comparer.Equals(null, token), Is.False);
    }

    private static byte[] Random(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
