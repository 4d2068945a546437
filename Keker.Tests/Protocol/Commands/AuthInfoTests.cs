using System.Globalization;
using System.Text;
using Keker.Protocol.Commands;

namespace Keker.Tests.Protocol.Commands;

[TestFixture]
internal sealed class AuthInfoTests
{
    [Test]
    public void A_word_has_1_to_512_bytes()
    {
        Assert.That(
            Enumerable.Range(0, 600).Where(length => AuthInfo.IsValid(Encoding.ASCII.GetBytes(new string('x', length)))),
            Is.EqualTo(Enumerable.Range(1, AuthInfo.MaxLength)));
    }

    [Test]
    public void The_limit_counts_bytes_and_not_characters()
    {
        Assert.That(AuthInfo.IsValid(Encoding.UTF8.GetBytes(new string('€', 170) + "xx")), Is.True);
        Assert.That(AuthInfo.IsValid(Encoding.UTF8.GetBytes(new string('€', 171))), Is.False);
    }

    [Test]
    public void Exactly_white_space_and_control_characters_are_refused_at_every_place()
    {
        var wrong = new List<string>();
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.TryCreate(value, out Rune rune)) continue;
            bool expected = !IsSeparator(rune) && Rune.GetUnicodeCategory(rune) != UnicodeCategory.Control;
            foreach (string word in (string[])[$"{rune}", $"a{rune}", $"{rune}ä", $"a{rune}b"])
                if (AuthInfo.IsValid(Encoding.UTF8.GetBytes(word)) != expected) wrong.Add($"U+{value:X4}");
        }

        Assert.That(wrong, Is.Empty);
    }

    [TestCase(0x09)]
    [TestCase(0x20)]
    [TestCase(0x7F)]
    [TestCase(0x80)]
    [TestCase(0x85)]
    [TestCase(0xA0)]
    [TestCase(0x1680)]
    [TestCase(0x2003)]
    [TestCase(0x2028)]
    [TestCase(0x2029)]
    [TestCase(0x202F)]
    [TestCase(0x205F)]
    [TestCase(0x3000)]
    public void White_space_and_control_characters_are_refused(int value) =>
        Assert.That(AuthInfo.IsValid(Encoding.UTF8.GetBytes($"a{new Rune(value)}b")), Is.False);

    [TestCase(new byte[] { 0xFF })]
    [TestCase(new byte[] { 0x61, 0x80 })]
    [TestCase(new byte[] { 0x61, 0xC3 })]
    [TestCase(new byte[] { 0xC0, 0xAF })]
    [TestCase(new byte[] { 0xED, 0xA0, 0x80 })]
    [TestCase(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    public void A_word_that_is_not_UTF8_is_refused(byte[] word) => Assert.That(AuthInfo.IsValid(word), Is.False);

    private static bool IsSeparator(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
