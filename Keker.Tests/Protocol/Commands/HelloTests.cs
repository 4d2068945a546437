using System.Text;
using Keker.Protocol.Commands;

namespace Keker.Tests.Protocol.Commands;

/// <summary>HELLO as plain mode takes it.</summary>
[TestFixture]
internal sealed class HelloTests
{
    [TestCase("HELLO a", "a")]
    [TestCase("HELLO token-1", "token-1")]
    [TestCase("HELLO    several-spaces", "several-spaces")]
    [TestCase("HELLO HELLO", "HELLO")]
    [TestCase("HELLO a ", "a")]
    [TestCase("HELLO a\n", "a")]
    [TestCase("HELLO a\r\n", "a")]
    [TestCase("HELLO\ta", "a")]
    [TestCase("HELLO\na", "a")]
    [TestCase("HELLO \ta\v\f\t ", "a")]
    [TestCase("HELLO !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")]
    [TestCase("HELLO Öl-€-😀", "Öl-€-😀")]
    public void A_HELLO_of_two_words_is_accepted(string message, string token) =>
        Assert.That(Parse(message), Is.EqualTo((true, token)));

    [TestCase("")]
    [TestCase("H")]
    [TestCase("HELLO")]
    [TestCase("HELLO ")]
    [TestCase("HELLO    ")]
    [TestCase("HELLOa")]
    [TestCase("HELLOX tok")]
    [TestCase("hello a")]
    [TestCase("Hello a")]
    [TestCase(" HELLO a")]
    [TestCase("HELLO a b")]
    [TestCase("HELLO\u00A0a")]
    [TestCase("HELLO a\u00A0")]
    [TestCase("HELLO a\u2028")]
    [TestCase("\tHELLO a")]
    [TestCase("\uFEFFHELLO a")]
    [TestCase("SUBSCRIBE a")]
    public void Everything_else_is_malformed(string message) =>
        Assert.That(Parse(message), Is.EqualTo((false, "")));

    [Test]
    public void The_token_may_be_512_bytes_long_and_no_more()
    {
        Assert.That(Parse("HELLO " + new string('x', 512)), Is.EqualTo((true, new string('x', 512))));
        Assert.That(Parse("HELLO " + new string('x', 513)).IsHello, Is.False);
    }

    [Test]
    public void Every_cut_of_a_HELLO_before_its_token_is_malformed()
    {
        for (int length = 0; length <= "HELLO ".Length; length++)
            Assert.That(Parse("HELLO token"[..length]).IsHello, Is.False, $"length {length}");
        Assert.That(Parse("HELLO t").IsHello);
    }

    private static (bool IsHello, string Token) Parse(string message)
    {
        ClientCommand command = ClientCommand.Parse(Encoding.UTF8.GetBytes(message), tagged: false);
        return command.Kind == CommandKind.Hello ? (true, Encoding.UTF8.GetString(command.Name)) : (false, "");
    }
}
