using System.Text;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class IdempotencyKeyTests
{
    [TestCase("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    [TestCase("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    [TestCase(" \"a\" ", "a")]
    [TestCase("a:b/c=d", "a:b/c=d")]
    [TestCase("\"a,b;c\"", "a,b;c")]
    public void Quoted_or_bare_it_is_the_same_key(string value, string key) => Assert.That(Read(value), Is.EqualTo((FieldStatus.Ok, key)));

    [TestCase("")]
    [TestCase("\"\"")]
    [TestCase("\"")]
    [TestCase("\"a")]
    [TestCase("a\"")]
    [TestCase("a\"b")]
    [TestCase("\"a\"b\"")]
    [TestCase("\"a\\\"b\"")]
    [TestCase("\"a\\\\b\"")]
    [TestCase("a\\b")]
    [TestCase("\"a b\"")]
    [TestCase("a b")]
    [TestCase("a,b")]
    [TestCase("a;b")]
    [TestCase("\"a\", \"b\"")]
    [TestCase("\"a\";b=1")]
    [TestCase("\u00E9")]
    public void Anything_else_is_invalid(string value) => Assert.That(Read(value), Is.EqualTo((FieldStatus.Invalid, "")));

    [Test]
    public void A_key_has_at_most_255_bytes_without_its_quotes()
    {
        string longest = new('k', IdempotencyKey.MaxLength);

        Assert.That(longest, Has.Length.EqualTo(255));
        Assert.That(Read(longest), Is.EqualTo((FieldStatus.Ok, longest)));
        Assert.That(Read($"\"{longest}\""), Is.EqualTo((FieldStatus.Ok, longest)));
        Assert.That(Read(longest + "k"), Is.EqualTo((FieldStatus.Invalid, "")));
        Assert.That(Read($"\"{longest}k\""), Is.EqualTo((FieldStatus.Invalid, "")));
    }

    [Test]
    public void The_field_stands_once_or_not_at_all()
    {
        Assert.That(Read(), Is.EqualTo((FieldStatus.Absent, "")));
        Assert.That(Read("a", "b"), Is.EqualTo((FieldStatus.Repeated, "")));
    }

    private static (FieldStatus Status, string Key) Read(params string[] values)
    {
        RequestHead head = RequestHeads.With("Idempotency-Key", values, out byte[] bytes);
        FieldStatus status = IdempotencyKey.Read(head, bytes, out Slice key);
        return (status, Encoding.Latin1.GetString(key.In(bytes)));
    }
}
