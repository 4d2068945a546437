using Keker.Server.Options;

namespace Keker.Tests.Server.Options;

internal sealed class ByteSizesTests
{
    [TestCase("0", 0)]
    [TestCase("65536", 65536)]
    [TestCase("256k", 256L << 10)]
    [TestCase("256K", 256L << 10)]
    [TestCase("64M", 64L << 20)]
    [TestCase("64m", 64L << 20)]
    [TestCase("1G", 1L << 30)]
    [TestCase("2T", 2L << 40)]
    [TestCase("256KiB", 256L << 10)]
    [TestCase("64MiB", 64L << 20)]
    [TestCase("1gib", 1L << 30)]
    [TestCase("9223372036854775807", long.MaxValue)]
    [TestCase("8388607T", 8388607L << 40)]
    public void A_size_is_digits_and_a_unit_of_1024(string text, long bytes)
    {
        Assert.That(ByteSizes.TryParse(text, out long size), Is.True);
        Assert.That(size, Is.EqualTo(bytes));
    }

    [TestCase("")]
    [TestCase("k")]
    [TestCase("KiB")]
    [TestCase("-1k")]
    [TestCase("+1k")]
    [TestCase("1 k")]
    [TestCase(" 1")]
    [TestCase("1.5M")]
    [TestCase("1kB")]
    [TestCase("1Ki")]
    [TestCase("1B")]
    [TestCase("1kk")]
    [TestCase("1kiB ")]
    [TestCase("1P")]
    [TestCase("0x10")]
    [TestCase("٣")]
    [TestCase("9223372036854775808")]
    [TestCase("8388608T")]
    [TestCase("9223372036854775807k")]
    public void Anything_else_is_none(string text) => Assert.That(ByteSizes.TryParse(text, out _), Is.False);
}
