using System.Text;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class CollapseKeyTests
{
    [TestCase("a")]
    [TestCase(" a\t", "a")]
    [TestCase("score:42/x,y;\"z\"\\")]
    [TestCase("!~")]
    public void A_key_is_visible_ASCII(string value, string? key = null) => Assert.That(Read(value), Is.EqualTo((FieldStatus.Ok, key ?? value)));

    [TestCase("")]
    [TestCase("a b")]
    [TestCase("a\tb")]
    [TestCase("\u00E9")]
    [TestCase("a\u0080")]
    public void Anything_else_is_invalid(string value) => Assert.That(Read(value), Is.EqualTo((FieldStatus.Invalid, "")));

    [Test]
    public void A_key_has_at_most_64_bytes()
    {
        string longest = new('k', CollapseKey.MaxLength);

        Assert.That(Read(longest), Is.EqualTo((FieldStatus.Ok, longest)));
        Assert.That(Read(longest + "k"), Is.EqualTo((FieldStatus.Invalid, "")));
        Assert.That(longest, Has.Length.EqualTo(64));
    }

    [Test]
    public void The_field_stands_once_or_not_at_all()
    {
        Assert.That(Read(), Is.EqualTo((FieldStatus.Absent, "")));
        Assert.That(Read("a", "a"), Is.EqualTo((FieldStatus.Repeated, "")));
    }

    private static (FieldStatus Status, string Key) Read(params string[] values)
    {
        RequestHead head = RequestHeads.With("Collapse-Key", values, out byte[] bytes);
        FieldStatus status = CollapseKey.Read(head, bytes, out Slice key);
        return (status, Encoding.Latin1.GetString(key.In(bytes)));
    }
}
