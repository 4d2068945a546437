using System.Text;
using Keker.Protocol.Commands;

namespace Keker.Tests.Protocol.Commands;

[TestFixture]
internal sealed class ClientCommandTests
{
    private static readonly string LongWord = new('x', AuthInfo.MaxLength);

    [TestCase("HELLO tok", CommandKind.Hello, "tok")]
    [TestCase("HELLO    tok", CommandKind.Hello, "tok")]
    [TestCase("HELLO -", CommandKind.Hello, "-")]
    [TestCase("HELLO *", CommandKind.Hello, "*")]
    [TestCase("HELLO SUBSCRIBE", CommandKind.Hello, "SUBSCRIBE")]
    [TestCase("SUBSCRIBE news", CommandKind.Subscribe, "news")]
    [TestCase("SUBSCRIBE   Öl-€", CommandKind.Subscribe, "Öl-€")]
    [TestCase("UNSUBSCRIBE news", CommandKind.Unsubscribe, "news")]
    [TestCase("UNSUBSCRIBE  --", CommandKind.Unsubscribe, "--")]
    [TestCase("HELLO\ttok", CommandKind.Hello, "tok")]
    [TestCase("HELLO \t tok \t", CommandKind.Hello, "tok")]
    [TestCase("HELLO tok\r\n", CommandKind.Hello, "tok")]
    [TestCase("SUBSCRIBE\tnews ", CommandKind.Subscribe, "news")]
    [TestCase("SUBSCRIBE news\n", CommandKind.Subscribe, "news")]
    [TestCase("UNSUBSCRIBE\fnews\v", CommandKind.Unsubscribe, "news")]
    public void A_command_of_two_words_means_the_same_in_both_modes(string message, CommandKind kind, string name)
    {
        foreach (bool tagged in (bool[])[false, true])
            Assert.That(Parse(message, tagged), Is.EqualTo((kind, name, (MessageId?)null)), $"tagged: {tagged}");
    }

    [TestCase("HELLO tok 1f:20", CommandKind.Hello)]
    [TestCase("HELLO  tok   1f:20", CommandKind.Hello)]
    [TestCase("SUBSCRIBE tok 1f:20", CommandKind.Subscribe)]
    [TestCase("SUBSCRIBE tok  1f:20", CommandKind.Subscribe)]
    [TestCase("HELLO\ttok\t1f:20 ", CommandKind.Hello)]
    [TestCase("SUBSCRIBE tok 1f:20\n", CommandKind.Subscribe)]
    public void An_id_belongs_to_tagged_mode(string message, CommandKind kind)
    {
        Assert.That(Parse(message, tagged: true), Is.EqualTo((kind, "tok", new MessageId(0x1F, 20))));
        Assert.That(Parse(message, tagged: false), Is.EqualTo((CommandKind.Malformed, "", (MessageId?)null)));
        Assert.That(ErrorOf(message, tagged: false), Is.EqualTo(ErrorCode.BadCommand));
    }

    [TestCase("PING", "")]
    [TestCase("PING ", "")]
    [TestCase("PING\r\n", "")]
    [TestCase("PING 7", "7")]
    [TestCase("PING  Öl-€ \n", "Öl-€")]
    public void PING_and_its_word_belong_to_tagged_mode(string message, string word)
    {
        Assert.That(Parse(message, tagged: true), Is.EqualTo((CommandKind.Ping, word, (MessageId?)null)));
        Assert.That(Parse(message, tagged: false), Is.EqualTo((CommandKind.Unknown, "", (MessageId?)null)));
    }

    [Test]
    public void The_word_of_a_PING_may_be_125_bytes_long_and_no_more()
    {
        string longest = new('x', ClientCommand.MaxPingLength);
        Assert.That(Parse($"PING {longest}", tagged: true).Name, Is.EqualTo(longest));
        Assert.That(Parse($"PING {longest}x", tagged: true).Kind, Is.EqualTo(CommandKind.Malformed));
    }

    [TestCase("PING a b", ErrorCode.BadCommand)]
    [TestCase("PING a\u0001", ErrorCode.BadCommand)]
    [TestCase("HELLO", ErrorCode.BadCommand)]
    [TestCase("HELLO ", ErrorCode.BadCommand)]
    [TestCase("HELLO \t\r\n", ErrorCode.BadCommand)]
    [TestCase("HELLO a b c", ErrorCode.BadCommand)]
    [TestCase("HELLO a 1:2 c", ErrorCode.BadCommand)]
    [TestCase("HELLO \u00A0", ErrorCode.BadCommand)]
    [TestCase("SUBSCRIBE", ErrorCode.BadCommand)]
    [TestCase("UNSUBSCRIBE", ErrorCode.BadCommand)]
    [TestCase("UNSUBSCRIBE a b", ErrorCode.BadCommand)]
    [TestCase("UNSUBSCRIBE a 1:2", ErrorCode.BadCommand)]
    [TestCase("SUBSCRIBE ", ErrorCode.BadCommand)]
    [TestCase("SUBSCRIBE    ", ErrorCode.BadCommand)]
    [TestCase("SUBSCRIBE -", ErrorCode.BadTopic)]
    [TestCase("SUBSCRIBE *", ErrorCode.BadTopic)]
    [TestCase("SUBSCRIBE * 1:2", ErrorCode.BadTopic)]
    [TestCase("SUBSCRIBE a\r\nb", ErrorCode.BadId)]
    [TestCase("UNSUBSCRIBE *", ErrorCode.BadTopic)]
    [TestCase("UNSUBSCRIBE ", ErrorCode.BadCommand)]
    [TestCase("SUBSCRIBE a 1", ErrorCode.BadId)]
    [TestCase("SUBSCRIBE a 1:2 3", ErrorCode.BadCommand)]
    [TestCase("SUBSCRIBE a A:2", ErrorCode.BadId)]
    [TestCase("SUBSCRIBE a b c", ErrorCode.BadCommand)]
    public void What_follows_a_known_word_may_be_malformed(string message, ErrorCode error)
    {
        Assert.That(Parse(message, tagged: true), Is.EqualTo((CommandKind.Malformed, "", (MessageId?)null)));
        Assert.That(ErrorOf(message, tagged: true), Is.EqualTo(error));
        Assert.That(Parse(message, tagged: false).Kind, Is.EqualTo(message.StartsWith("PING", StringComparison.Ordinal) ? CommandKind.Unknown : CommandKind.Malformed));
    }

    [TestCase("HELLO tok b")]
    [TestCase("HELLO tok 1F:20")]
    [TestCase("HELLO tok 1f: ")]
    public void A_HELLO_whose_id_is_none_counts_as_one_without(string message)
    {
        ClientCommand command = ClientCommand.Parse(Encoding.UTF8.GetBytes(message), tagged: true);
        Assert.That((command.Kind, command.HasId, command.HasBadId), Is.EqualTo((CommandKind.Hello, false, true)));
        Assert.That(command.Name.SequenceEqual("tok"u8));
        Assert.That(Parse(message, tagged: false).Kind, Is.EqualTo(CommandKind.Malformed));
    }

    [TestCase("HELLO ", 513, true)]
    [TestCase("HELLO ", 512, false)]
    [TestCase("SUBSCRIBE ", 513, false)]
    public void An_AUTH_INFO_that_is_too_long_is_known_as_such(string word, int length, bool isTooLong) =>
        Assert.That(ClientCommand.Parse(Encoding.UTF8.GetBytes(word + new string('x', length)), tagged: false).IsTooLong, Is.EqualTo(isTooLong));

    [TestCase("")]
    [TestCase(" ")]
    [TestCase(" HELLO a")]
    [TestCase("hello a")]
    [TestCase("HELLOX a")]
    [TestCase("HELL a")]
    [TestCase("Subscribe a")]
    [TestCase("SUBSCRIBED a")]
    [TestCase("SUBSCRIBF a")]
    [TestCase("UNSUBSCRIBF a")]
    [TestCase("PINGS a")]
    [TestCase("ping a")]
    [TestCase("\uFEFFHELLO a")]
    [TestCase("{\"type\":\"subscribe\"}")]
    public void Everything_else_is_unknown(string message)
    {
        foreach (bool tagged in (bool[])[false, true])
        {
            Assert.That(Parse(message, tagged), Is.EqualTo((CommandKind.Unknown, "", (MessageId?)null)));
            Assert.That(ErrorOf(message, tagged), Is.EqualTo(ErrorCode.BadCommand));
        }
    }

    [Test]
    public void A_name_may_be_512_bytes_long_and_no_more()
    {
        foreach (string word in (string[])["HELLO ", "SUBSCRIBE ", "UNSUBSCRIBE "])
        {
            Assert.That(Parse(word + LongWord, tagged: true).Name, Is.EqualTo(LongWord));
            Assert.That(Parse(word + LongWord + "x", tagged: true).Kind, Is.EqualTo(CommandKind.Malformed));
        }
    }

    [Test]
    public void Bytes_that_are_not_UTF8_are_no_name()
    {
        byte[] message = [.. "SUBSCRIBE a"u8, 0xFF];

        Assert.That(ClientCommand.Parse(message, true).Error, Is.EqualTo(ErrorCode.BadTopic));
    }

    /// <summary>Every message of few words from a small alphabet.</summary>
    [Test]
    public void In_plain_mode_a_HELLO_is_the_word_white_space_and_one_AUTH_INFO()
    {
        string[] parts = ["", " ", "  ", "HELLO", "a", "-", "*", "1:2", "\n", "\u00A0", "SUBSCRIBE"];
        string[] messages = [.. from one in parts from two in parts from three in parts from four in parts select one + two + three + four];
        int hellos = 0;
        foreach (string message in messages)
        {
            string token = TokenOf(message);
            bool expected = token.Length > 0;
            (CommandKind kind, string name, _) = Parse(message, tagged: false);
            Assert.That(kind == CommandKind.Hello, Is.EqualTo(expected), message);
            Assert.That(expected ? name : "", Is.EqualTo(token), message);
            if (expected) hellos++;
        }

        Assert.That(hellos, Is.GreaterThan(100));
    }

    private static string TokenOf(string message)
    {
        if (!message.StartsWith("HELLO ", StringComparison.Ordinal) && !message.StartsWith("HELLO\n", StringComparison.Ordinal))
            return "";
        string word = message["HELLO ".Length..].Trim(' ', '\n');
        return AuthInfo.IsValid(Encoding.UTF8.GetBytes(word)) ? word : "";
    }

    private static (CommandKind Kind, string Name, MessageId? Id) Parse(string message, bool tagged)
    {
        ClientCommand command = ClientCommand.Parse(Encoding.UTF8.GetBytes(message), tagged);
        return (command.Kind, Encoding.UTF8.GetString(command.Name), command.HasId ? command.Id : null);
    }

    private static ErrorCode ErrorOf(string message, bool tagged) => ClientCommand.Parse(Encoding.UTF8.GetBytes(message), tagged).Error;
}
