using System.Text;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

internal sealed class NameElementsTests
{
    [TestCase("", "")]
    [TestCase("a", "a")]
    [TestCase("a, b", "a|b")]
    [TestCase("a,\tb,  c", "a|b|c")]
    [TestCase("a , b", "a|b")]
    [TestCase("a,b", "a,b")]
    [TestCase("a,b, c,d", "a,b|c,d")]
    [TestCase("a ,b", "a ,b")]
    [TestCase(", a", "a")]
    [TestCase("a, , , b", "a|b")]
    [TestCase("a,, b", "a,|b")]
    [TestCase("a,", "a,")]
    [TestCase(",", ",")]
    [TestCase(", ,", ",")]
    [TestCase("Ö, €", "Ö|€")]
    public void A_comma_separates_where_white_space_follows(string value, string names)
    {
        List<string> found = [];
        foreach (ReadOnlySpan<byte> name in new NameElements(Encoding.UTF8.GetBytes(value)))
            found.Add(Encoding.UTF8.GetString(name));
        Assert.That(string.Join('|', found), Is.EqualTo(names));
    }

    [Test]
    public void Nothing_is_allocated()
    {
        byte[] value = Encoding.ASCII.GetBytes(string.Join(", ", Enumerable.Range(0, 1000)));
        int count = 0;
        long bytes = Allocations.Least(() =>
        {
            count = 0;
            foreach (ReadOnlySpan<byte> _ in new NameElements(value))
                count++;
        });
        Assert.That((bytes, count), Is.EqualTo((0, 1000)));
    }
}
