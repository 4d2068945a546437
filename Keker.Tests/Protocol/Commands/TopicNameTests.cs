using System.Text;
using Keker.Protocol.Commands;

namespace Keker.Tests.Protocol.Commands;

[TestFixture]
internal sealed class TopicNameTests
{
    [TestCase("news", true)]
    [TestCase("-news", true)]
    [TestCase("--", true)]
    [TestCase("**", true)]
    [TestCase("новости/€", true)]
    [TestCase("-", false)]
    [TestCase("*", false)]
    [TestCase("", false)]
    [TestCase("a b", false)]
    [TestCase("a\nb", false)]
    public void A_topic_is_a_word_that_stands_for_nothing_else(string name, bool valid) =>
        Assert.That(TopicName.IsValid(Encoding.UTF8.GetBytes(name)), Is.EqualTo(valid));

    [Test]
    public void A_topic_has_at_most_512_bytes()
    {
        Assert.That(TopicName.IsValid(new byte[512].Select(_ => (byte)'x').ToArray()), Is.True);
        Assert.That(TopicName.IsValid(new byte[513].Select(_ => (byte)'x').ToArray()), Is.False);
    }

    [Test]
    public void The_reserved_names_are_words()
    {
        Assert.That(AuthInfo.IsValid(TopicName.OwnToken) && AuthInfo.IsValid(TopicName.Broadcast), Is.True);
        Assert.That(TopicName.IsValid(TopicName.OwnToken) || TopicName.IsValid(TopicName.Broadcast), Is.False);
    }
}
