using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

[TestFixture]
internal sealed class MaskingTests
{
    private const uint Key = 0x3D21FA37;
    private static readonly byte[] KeyBytes = [0x37, 0xFA, 0x21, 0x3D];

    [Test]
    public void Every_length_and_phase_equals_the_plain_loop([Values(0, 1, 2, 3, 4, 7)] int phase)
    {
        byte[] source = TestBytes.Random(300);
        for (int length = 0; length <= source.Length; length++)
        {
            byte[] destination = new byte[length];
            Masking.Apply(source.AsSpan(0, length), destination, Key, phase);
            Assert.That(destination, Is.EqualTo(Plain(source.AsSpan(0, length), phase)), $"length {length}");
        }
    }

    [Test]
    public void Every_alignment_of_source_and_destination_equals_the_plain_loop([Range(0, 9)] int sourceOffset)
    {
        byte[] source = TestBytes.Random(400);
        foreach (int length in (int[])[5, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 300])
        {
            for (int offset = 0; offset < 70; offset += 3)
            {
                byte[] destination = new byte[400];
                Masking.Apply(source.AsSpan(sourceOffset, length), destination.AsSpan(offset), Key, phase: 1);
                byte[] expected = new byte[400];
                Plain(source.AsSpan(sourceOffset, length), 1).CopyTo(expected, offset);
                Assert.That(destination, Is.EqualTo(expected), $"length {length}, offset {offset}: nothing else may be written");
            }
        }
    }

    [Test]
    public void In_place_equals_the_plain_loop([Range(0, 3)] int phase)
    {
        for (int length = 0; length <= 300; length++)
        {
            byte[] bytes = TestBytes.Random(length);
            byte[] expected = Plain(bytes, phase);
            Masking.Apply(bytes, bytes, Key, phase);
            Assert.That(bytes, Is.EqualTo(expected), $"length {length}");
        }
    }

    [Test]
    public void Every_vector_width_equals_the_plain_loop_in_place_and_beside([Values(16, 32, 64)] int width)
    {
        for (int length = width; length <= 300; length++)
        {
            byte[] source = TestBytes.Random(length);
            byte[] expected = Plain(source, 0);
            byte[] destination = new byte[length];
            ApplyWide(width, source, destination);
            ApplyWide(width, source, source);
            Assert.That(destination, Is.EqualTo(expected), $"length {length}");
            Assert.That(source, Is.EqualTo(expected), $"length {length}, in place");
        }
    }

    [Test]
    public void Masking_twice_restores_the_payload()
    {
        byte[] source = TestBytes.Random(100_003);
        byte[] bytes = [.. source];
        Masking.Apply(bytes, bytes, Key, 2);
        Assert.That(bytes, Is.Not.EqualTo(source));
        Masking.Apply(bytes, bytes, Key, 2);
        Assert.That(bytes, Is.EqualTo(source));
    }

    [Test]
    public void A_short_destination_is_refused() =>
        Assert.That(() => Masking.Apply(new byte[2], new byte[1], Key, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static void ApplyWide(int width, byte[] source, byte[] destination)
    {
        nuint length = (nuint)source.Length;
        if (width == 16) Masking.Apply128(ref source[0], ref destination[0], length, Key);
        else if (width == 32) Masking.Apply256(ref source[0], ref destination[0], length, Key);
        else Masking.Apply512(ref source[0], ref destination[0], length, Key);
    }

    private static byte[] Plain(ReadOnlySpan<byte> source, int phase)
    {
        byte[] result = source.ToArray();
        for (int i = 0; i < result.Length; i++) result[i] ^= KeyBytes[(i + phase) % 4];
        return result;
    }
}
