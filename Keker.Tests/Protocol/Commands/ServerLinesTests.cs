using System.Text;
using Keker.Protocol.Commands;

namespace Keker.Tests.Protocol.Commands;

/// <summary>The lines of <c>keker.v2</c>, each written into exactly the space it asks for.</summary>
[TestFixture]
internal sealed class ServerLinesTests
{
    private static readonly MessageId First = new(0xABC, 0);
    private static readonly MessageId Last = new(ulong.MaxValue, long.MaxValue);
    private static readonly byte[] LongTopic = Encoding.ASCII.GetBytes(new string('t', AuthInfo.MaxLength));

    [TestCase(0UL, "WELCOME 0 abc:0")]
    [TestCase(0x1F2EUL, "WELCOME 1f2e abc:0")]
    [TestCase(ulong.MaxValue, "WELCOME ffffffffffffffff abc:0")]
    public void Welcome_names_session_and_position(ulong session, string expected)
    {
        byte[] line = new byte[WelcomeLine.Length(session, First)];

        Assert.That(WelcomeLine.Write(line, session, First), Is.EqualTo(line.Length));
        Assert.That(Encoding.ASCII.GetString(line), Is.EqualTo(expected));
        Assert.That(WelcomeLine.Length(ulong.MaxValue, Last), Is.EqualTo(WelcomeLine.MaxLength));
    }

    [TestCase("", "PONG")]
    [TestCase("7", "PONG 7")]
    [TestCase("ö", "PONG ö")]
    public void Pong_brings_the_word_back(string word, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(word);
        byte[] line = new byte[PongLine.Length(bytes.Length)];

        Assert.That(PongLine.Write(line, bytes), Is.EqualTo(line.Length));
        Assert.That(Encoding.UTF8.GetString(line), Is.EqualTo(expected));
        Assert.That(PongLine.Length(ClientCommand.MaxPingLength), Is.EqualTo(PongLine.MaxLength));
    }

    [Test]
    public void Subscribed_names_topic_and_position()
    {
        byte[] line = new byte[SubscribedLine.Length("ö"u8.Length, First)];

        Assert.That(SubscribedLine.Write(line, "ö"u8, First), Is.EqualTo(line.Length));
        Assert.That(Encoding.UTF8.GetString(line), Is.EqualTo("OK SUBSCRIBE ö abc:0"));
        Assert.That(SubscribedLine.Length(LongTopic.Length, Last), Is.EqualTo(SubscribedLine.MaxLength));
    }

    [Test]
    public void Unsubscribed_names_the_topic()
    {
        byte[] line = new byte[UnsubscribedLine.Length("news"u8.Length)];

        Assert.That(UnsubscribedLine.Write(line, "news"u8), Is.EqualTo(line.Length));
        Assert.That(Encoding.UTF8.GetString(line), Is.EqualTo("OK UNSUBSCRIBE news"));
        Assert.That(UnsubscribedLine.Length(LongTopic.Length), Is.EqualTo(UnsubscribedLine.MaxLength));
    }

    [Test]
    public void A_gap_has_two_ends()
    {
        byte[] line = new byte[GapLine.Length(1, First, Last)];

        Assert.That(GapLine.Write(line, TopicName.OwnToken, First, Last), Is.EqualTo(line.Length));
        Assert.That(Encoding.ASCII.GetString(line), Is.EqualTo("GAP - abc:0 ffffffffffffffff:9223372036854775807"));
        Assert.That(GapLine.Length(LongTopic.Length, Last, Last), Is.EqualTo(GapLine.MaxLength));
    }

    [Test]
    public void A_message_begins_with_its_id_and_topic_on_a_line()
    {
        byte[] line = new byte[MessageLine.Length(First, 1)];

        Assert.That(MessageLine.Write(line, First, TopicName.Broadcast), Is.EqualTo(line.Length));
        Assert.That(Encoding.ASCII.GetString(line), Is.EqualTo("MSG abc:0 *\n"));
        Assert.That(MessageLine.Length(Last, LongTopic.Length), Is.EqualTo(MessageLine.MaxLength));
    }

    [TestCase(ErrorCode.BadCommand, "bad-command")]
    [TestCase(ErrorCode.BadTopic, "bad-topic")]
    [TestCase(ErrorCode.BadId, "bad-id")]
    [TestCase(ErrorCode.TooManyTopics, "too-many-topics")]
    [TestCase(ErrorCode.NotSubscribed, "not-subscribed")]
    public void An_error_has_a_code_for_programs_and_a_text_for_people(ErrorCode code, string word)
    {
        byte[] line = new byte[ErrorLine.Length(code, code.Text().Length)];

        Assert.That(ErrorLine.Write(line, code, code.Text()), Is.EqualTo(line.Length));
        Assert.That(Encoding.ASCII.GetString(line), Does.Match($"^ERR {word} [ -~]{{20,}}$"));
    }

    [Test]
    public void Every_error_code_has_a_word_of_its_own()
    {
        string[] words = [.. Enum.GetValues<ErrorCode>().Select(code => Encoding.ASCII.GetString(code.Word()))];

        Assert.That(words, Is.Unique.And.All.Match("^[a-z-]+$"));
        Assert.That(() => ((ErrorCode)99).Word().Length, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => ((ErrorCode)99).Text().Length, Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
