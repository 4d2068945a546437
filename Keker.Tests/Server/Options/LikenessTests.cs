using Keker.Server.Options;

namespace Keker.Tests.Server.Options;

internal sealed class LikenessTests
{
    [TestCase("", "", 0)]
    [TestCase("", "abc", 3)]
    [TestCase("abc", "abc", 0)]
    [TestCase("abc", "abd", 1)]
    [TestCase("abc", "ab", 1)]
    [TestCase("abc", "abcd", 1)]
    [TestCase("abc", "acb", 1)]
    [TestCase("ca", "abc", 3)]
    [TestCase("kitten", "sitting", 3)]
    public void Edits_are_letters_put_in_left_out_replaced_or_swapped(string one, string other, int edits)
    {
        Assert.That(Likeness.Edits(one, other), Is.EqualTo(edits));
        Assert.That(Likeness.Edits(other, one), Is.EqualTo(edits));
    }

    [Test]
    public void A_word_of_any_length_has_a_nearest_one() =>
        Assert.That(Likeness.Nearest(new string('x', 1_000_000), ["a", "xyz"]), Is.EqualTo("xyz"));
}
