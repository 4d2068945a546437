using System.Text;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class QueryStringTests
{
    [TestCase("token=abc", "abc")]
    [TestCase("a=1&token=abc&b=2", "abc")]
    [TestCase("&&token=abc&&", "abc")]
    [TestCase("token=", "")]
    [TestCase("token", "")]
    [TestCase("token=a=b=", "a=b=")]
    [TestCase("token=a+b", "a+b")]
    [TestCase("token=a%2Bb%2bc", "a+b+c")]
    [TestCase("token=%41%7a%25", "Az%")]
    [TestCase("token=%E2%82%AC", "€")]
    [TestCase("token=a%26token%3Db", "a&token=b")]
    [TestCase("token=a?b/c:d", "a?b/c:d")]
    [TestCase("Token=x&token=y&tokens=z&atoken=u", "y")]
    [TestCase("b=%zz&token=y", "y")]
    public void A_value_is_found_and_decoded(string query, string value) =>
        Assert.That(Find(query), Is.EqualTo((QueryStatus.Ok, value)));

    [TestCase("", QueryStatus.Absent)]
    [TestCase("&", QueryStatus.Absent)]
    [TestCase("=token", QueryStatus.Absent)]
    [TestCase("TOKEN=a", QueryStatus.Absent)]
    [TestCase("%74oken=a", QueryStatus.Absent)]
    [TestCase("a;token=b", QueryStatus.Absent)]
    [TestCase("token=a&token=a", QueryStatus.Repeated)]
    [TestCase("token&token=a", QueryStatus.Repeated)]
    [TestCase("token=a&x&token=%zz", QueryStatus.Repeated)]
    [TestCase("token=%", QueryStatus.BadEscape)]
    [TestCase("token=%4", QueryStatus.BadEscape)]
    [TestCase("token=%4&a=1", QueryStatus.BadEscape)]
    [TestCase("token=%4g", QueryStatus.BadEscape)]
    [TestCase("token=%g4", QueryStatus.BadEscape)]
    [TestCase("token=%%41", QueryStatus.BadEscape)]
    [TestCase("token=% 41", QueryStatus.BadEscape)]
    public void Everything_else_has_a_status(string query, QueryStatus status) => Assert.That(Find(query), Is.EqualTo((status, "")));

    [TestCase("", "")]
    [TestCase("x=k", "")]
    [TestCase("k=a", "[a]")]
    [TestCase("k=a&k=&k&x=y&K=z&k=%41&&kk=u&k=a=b&", "[a][][][%41][a=b]")]
    public void All_values_of_a_key_are_found_in_order_as_they_stand(string query, string values)
    {
        var found = new StringBuilder();
        foreach (ReadOnlySpan<byte> value in QueryString.ValuesOf(Encoding.ASCII.GetBytes(query), "k"u8))
            found.Append('[').Append(Encoding.ASCII.GetString(value)).Append(']');
        Assert.That(found.ToString(), Is.EqualTo(values));
    }

    [Test]
    public void Every_byte_can_be_encoded()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        byte[] query = Encoding.ASCII.GetBytes("k=" + string.Concat(all.Select(value => $"%{value:x2}")));
        byte[] value = new byte[256];

        Assert.That(QueryString.Find(query, "k"u8, value, out int length), Is.EqualTo(QueryStatus.Ok));
        Assert.That(value.AsSpan(0, length).ToArray(), Is.EqualTo(all));
    }

    [Test]
    public void A_value_that_does_not_fit_is_too_long()
    {
        Assert.That(QueryString.Find("k=%41%42"u8, "k"u8, new byte[2], out int length), Is.EqualTo(QueryStatus.Ok));
        Assert.That(length, Is.EqualTo(2));
        Assert.That(QueryString.Find("k=%41%42c"u8, "k"u8, new byte[2], out length), Is.EqualTo(QueryStatus.TooLong));
        Assert.That(length, Is.Zero);
    }

    [TestCase("GET /v1/subscribe?token=a%20b HTTP/1.1", "a b")]
    [TestCase("GET http://h:1/v1/subscribe?x&token=c HTTP/1.1", "c")]
    public void The_query_of_a_request_is_kept_for_it(string requestLine, string value)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(requestLine + "\r\nHost: a\r\n\r\n");
        RequestHead head = new();
        Assert.That(head.Parse(bytes), Is.EqualTo(ParseStatus.Complete));

        Assert.That(Find(Encoding.ASCII.GetString(head.Query.In(bytes))), Is.EqualTo((QueryStatus.Ok, value)));
    }

    private static (QueryStatus Status, string Value) Find(string query)
    {
        byte[] value = new byte[100];
        QueryStatus status = QueryString.Find(Encoding.ASCII.GetBytes(query), "token"u8, value, out int length);
        return (status, Encoding.UTF8.GetString(value, 0, length));
    }
}
