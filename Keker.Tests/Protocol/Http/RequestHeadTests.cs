using System.Text;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class RequestHeadTests
{
    [TestCaseSource(typeof(GoodHeads), nameof(GoodHeads.All))]
    public void A_good_head_is_accepted_alike_at_every_split(string text)
    {
        byte[] input = HeadVerdict.Bytes(text);

        HeadVerdict verdict = HeadVerdict.AtEverySplit(input);

        Assert.That((verdict.Status, verdict.Failure, verdict.HeadLength), Is.EqualTo((ParseStatus.Complete, HttpFailure.None, input.Length)));
        Assert.That(HeadVerdict.BytesUntilDecided(input), Is.EqualTo(input.Length));
    }

    [TestCaseSource(typeof(GoodHeads), nameof(GoodHeads.All))]
    public void Bytes_behind_a_head_change_nothing(string text)
    {
        HeadVerdict alone = HeadVerdict.Whole(HeadVerdict.Bytes(text));

        Assert.That(HeadVerdict.AtEverySplit(HeadVerdict.Bytes(text + "\r\n\0PUT / HTTP/1.1\r\n")), Is.EqualTo(alone));
    }

    [Test]
    public void Pipelined_requests_are_found_one_after_the_other()
    {
        byte[] input = HeadVerdict.Bytes("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPUT /22 HTTP/1.1\r\nHost: b\r\nToken: t\r\n\r\nGET /333 HTTP/1.0\r\n\r\n");
        RequestHead head = new();
        List<string> seen = [];
        for (int start = 0; start < input.Length; start += head.HeadLength)
        {
            if (start > 0)
                head.Reset();
            ReadOnlySpan<byte> rest = input.AsSpan(start);
            Assert.That(head.Parse(rest), Is.EqualTo(ParseStatus.Complete));
            seen.Add($"{head.Method} {Text(head.Path, rest)} {head.FieldCount}");
        }

        Assert.That(seen, Is.EqualTo(["Get /1 1", "Put /22 2", "Get /333 0"]));
    }

    [TestCase("GET", RequestMethod.Get)]
    [TestCase("HEAD", RequestMethod.Head)]
    [TestCase("PUT", RequestMethod.Put)]
    [TestCase("POST", RequestMethod.Post)]
    [TestCase("DELETE", RequestMethod.Delete)]
    [TestCase("OPTIONS", RequestMethod.Options)]
    [TestCase("TRACE", RequestMethod.Trace)]
    [TestCase("PATCH", RequestMethod.Patch)]
    public void Methods_are_known(string name, RequestMethod method)
    {
        Assert.That(Parsed($"{name} / HTTP/1.1\r\nHost: a\r\n\r\n", out _).Method, Is.EqualTo(method));
    }

    [TestCase("/v1/publish", "/v1/publish", "", "a")]
    [TestCase("/v1/publish?", "/v1/publish", "", "a")]
    [TestCase("/?a?b/c", "/", "a?b/c", "a")]
    [TestCase("//b/c", "//b/c", "", "a")]
    [TestCase("/%2F/../.\\%00#x", "/%2F/../.\\%00#x", "", "a")]
    [TestCase("http://b/", "/", "", "b")]
    [TestCase("HtTp://b:1/c?d", "/c", "d", "b:1")]
    [TestCase("https://[::1]:2", "/", "", "[::1]:2")]
    [TestCase("http://b?d", "/", "d", "b")]
    public void A_target_is_cut_into_path_and_query_and_overrides_host(string target, string path, string query, string host)
    {
        RequestHead head = Parsed($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n", out byte[] bytes);

        Assert.That((Text(head.Path, bytes), Text(head.Query, bytes), Text(head.Host, bytes)), Is.EqualTo((path, query, host)));
    }

    [Test]
    public void The_asterisk_of_OPTIONS_has_no_path()
    {
        RequestHead head = Parsed("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", out _);

        Assert.That((head.IsAsterisk, head.Path.Length), Is.EqualTo((true, 0)));
    }

    [TestCase("HTTP/1.1", "", true)]
    [TestCase("HTTP/1.2", "", true)]
    [TestCase("HTTP/1.1", "Connection: close\r\n", false)]
    [TestCase("HTTP/1.1", "Connection: x, CLOSE ,y\r\n", false)]
    [TestCase("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n", false)]
    [TestCase("HTTP/1.1", "Connection: closed\r\n", true)]
    [TestCase("HTTP/1.0", "", false)]
    [TestCase("HTTP/1.0", "Connection: Keep-Alive\r\n", true)]
    [TestCase("HTTP/1.0", "Connection: keep-alive, close\r\n", false)]
    public void Keep_alive_follows_version_and_Connection(string version, string fields, bool keepAlive)
    {
        Assert.That(Parsed($"GET / {version}\r\nHost: a\r\n{fields}\r\n", out _).KeepAlive, Is.EqualTo(keepAlive));
    }

    [TestCase("Connection: Upgrade\r\n", true)]
    [TestCase("Connection: keep-alive, UPGRADE\r\n", true)]
    [TestCase("Connection: keep-alive\r\nConnection: upgrade\r\n", true)]
    [TestCase("Connection: upgrades\r\n", false)]
    [TestCase("Upgrade: upgrade\r\n", false)]
    public void Connection_lists_upgrade(string fields, bool listed)
    {
        Assert.That(Parsed($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n", out _).ConnectionUpgrade, Is.EqualTo(listed));
    }

    [TestCase("", BodyKind.None, 0)]
    [TestCase("Content-Length: 0\r\n", BodyKind.None, 0)]
    [TestCase("Content-Length: 00012\r\n", BodyKind.Length, 12)]
    [TestCase("CONTENT-LENGTH:\t7 \r\n", BodyKind.Length, 7)]
    [TestCase("Content-Length: 9223372036854775807\r\n", BodyKind.Length, long.MaxValue)]
    [TestCase("Transfer-Encoding: cHuNkEd\r\n", BodyKind.Chunked, 0)]
    [TestCase("Transfer_Encoding: chunked\r\n", BodyKind.None, 0)]
    public void The_framing_fields_tell_where_the_body_ends(string fields, BodyKind kind, long length)
    {
        RequestHead put = Parsed($"PUT / HTTP/1.1\r\nHost: a\r\n{fields}\r\n", out _);
        RequestHead get = Parsed($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n", out _);

        Assert.That((put.BodyKind, put.ContentLength), Is.EqualTo((kind, length)));
        Assert.That((get.BodyKind, get.ContentLength), Is.EqualTo((kind, length)));
    }

    [TestCase("HTTP/1.1", "", ExpectKind.None)]
    [TestCase("HTTP/1.1", "Expect: 100-CONTINUE\r\n", ExpectKind.Continue)]
    [TestCase("HTTP/1.1", "Expect: 100-continue\r\nExpect: 100-continue\r\n", ExpectKind.Continue)]
    [TestCase("HTTP/1.1", "Expect: 200-ok\r\nExpect: 100-continue\r\n", ExpectKind.Unsupported)]
    [TestCase("HTTP/1.1", "Expect: 100-continue, x\r\n", ExpectKind.Unsupported)]
    [TestCase("HTTP/1.1", "Expect:\r\n", ExpectKind.Unsupported)]
    [TestCase("HTTP/1.0", "Expect: 100-continue\r\n", ExpectKind.None)]
    [TestCase("HTTP/1.0", "Expect: x\r\n", ExpectKind.None)]
    public void Expect_is_understood_in_HTTP_1_1_only(string version, string fields, ExpectKind expect)
    {
        Assert.That(Parsed($"GET / {version}\r\nHost: a\r\n{fields}\r\n", out _).Expect, Is.EqualTo(expect));
    }

    [Test]
    public void Fields_are_found_by_name_without_case_and_by_index()
    {
        RequestHead head = Parsed("GET / HTTP/1.1\r\nHost: a\r\nToKeN: \t one\xA0 \t\r\nX:\r\nToken: two\r\nTokens: no\r\n\r\n", out byte[] bytes);
        List<string> tokens = [];
        foreach (Slice value in head.ValuesOf(bytes, "token"u8))
            tokens.Add(Text(value, bytes));

        Assert.That(tokens, Is.EqualTo(["one\xA0", "two"]));
        Assert.That(head.Count(bytes, "token"u8), Is.EqualTo(2));
        Assert.That(head.TryGet(bytes, "token"u8, out Slice first), Is.True);
        Assert.That(Text(first, bytes), Is.EqualTo("one\xA0"));
        Assert.That(head.TryGet(bytes, "toke"u8, out Slice none), Is.False);
        Assert.That(none, Is.EqualTo(default(Slice)));
        Assert.That(head.FieldCount, Is.EqualTo(5));
        Assert.That((Text(head.NameAt(2), bytes), Text(head.ValueAt(2), bytes)), Is.EqualTo(("X", "")));
        Assert.That(() => head.NameAt(5), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => head.ValueAt(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [TestCase("PUT http://b/x?y HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: upgrade, close\r\nExpect: x\r\n\r\n")]
    [TestCase("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n")]
    [TestCase("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")]
    public void A_reset_head_remembers_nothing(string before)
    {
        byte[] plain = HeadVerdict.Bytes("GET / HTTP/1.0\r\n\r\n");
        HeadVerdict fresh = HeadVerdict.Whole(plain);
        RequestHead head = Parsed(before, out _);

        head.Reset();

        Assert.That(HeadVerdict.Of(head, head.Parse(default)), Is.EqualTo(HeadVerdict.Whole(default)));
        Assert.That(HeadVerdict.Of(head, head.Parse(plain)), Is.EqualTo(fresh));
    }

    [Test]
    public void Names_and_values_of_every_length_around_the_vector_widths_are_read_exactly()
    {
        for (int length = 0; length <= 70; length++)
        {
            string name = "N" + new string('n', length);
            string value = new('v', length);
            string path = "/" + new string('p', length);
            RequestHead head = Parsed($"GET {path} HTTP/1.1\r\nHost: a\r\n{name}: {value}\r\n\r\n", out byte[] bytes);
            Assert.That((Text(head.Path, bytes), Text(head.NameAt(1), bytes), Text(head.ValueAt(1), bytes)), Is.EqualTo((path, name, value)));

            string behindName = $"GET / HTTP/1.1\r\nHost: a\r\n{name}\x7F: v\r\n\r\n";
            Assert.That(HeadVerdict.AtEverySplit(HeadVerdict.Bytes(behindName)).Failure, Is.EqualTo(HttpFailure.BadFieldName));
            string behindValue = $"GET / HTTP/1.1\r\nHost: a\r\nX: {value}\x7F\r\n\r\n";
            Assert.That(HeadVerdict.AtEverySplit(HeadVerdict.Bytes(behindValue)).Failure, Is.EqualTo(HttpFailure.BadFieldValue));
            string behindPath = $"GET {path}\x80 HTTP/1.1\r\nHost: a\r\n\r\n";
            Assert.That(HeadVerdict.AtEverySplit(HeadVerdict.Bytes(behindPath)).Failure, Is.EqualTo(HttpFailure.BadTarget));
        }
    }

    private static RequestHead Parsed(string text, out byte[] bytes)
    {
        bytes = HeadVerdict.Bytes(text);
        RequestHead head = new();
        Assert.That(head.Parse(bytes), Is.EqualTo(ParseStatus.Complete), $"{head.Failure}");
        return head;
    }

    private static string Text(Slice slice, ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(slice.In(bytes));
}
