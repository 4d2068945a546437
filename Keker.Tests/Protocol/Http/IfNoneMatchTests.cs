using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class IfNoneMatchTests
{
    [TestCase("\"a1\"")]
    [TestCase("W/\"a1\"")]
    [TestCase("*")]
    [TestCase("\"b\", \"a1\"")]
    [TestCase("\"b\" ,W/\"a1\", \"c\"")]
    [TestCase("\"b\"", "\"a1\"")]
    public void A_tag_is_named(params string[] lines) => Assert.That(Names(lines), Is.True);

    [TestCase]
    [TestCase("")]
    [TestCase("a1")]
    [TestCase("\"A1\"")]
    [TestCase("w/\"a1\"")]
    [TestCase("\"a1")]
    [TestCase("\"a12\"")]
    [TestCase("\"*\"")]
    [TestCase("**")]
    public void Nothing_else_names_it(params string[] lines) => Assert.That(Names(lines), Is.False);

    private static bool Names(string[] lines)
    {
        RequestHead head = RequestHeads.With("If-None-Match", lines, out byte[] bytes);
        return IfNoneMatch.Names(head, bytes, "\"a1\""u8);
    }
}
