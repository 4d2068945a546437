using System.Text;
using Keker.Protocol.Deflate;
using Keker.Protocol.Http;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.Deflate;

[TestFixture]
internal sealed class DeflateOfferTests
{
    private const string Plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    private const string Bits = Plain + "; server_max_window_bits=";
    private const string WithBits = Bits + "15";
    private const string Declined = "";

    [TestCase("permessage-deflate", Plain)]
    [TestCase("permessage-deflate; client_max_window_bits", Plain, Description = "what browsers send")]
    [TestCase("permessage-deflate; client_max_window_bits; server_max_window_bits=10", Bits + "10", Description = "RFC 7692 7.1.3")]
    [TestCase("permessage-deflate; client_max_window_bits; server_max_window_bits=10, permessage-deflate; client_max_window_bits", Bits + "10",
        Description = "RFC 7692 7.1.3, with a fallback")]
    [TestCase("permessage-deflate; client_no_context_takeover", Plain)]
    [TestCase("permessage-deflate; server_no_context_takeover; client_no_context_takeover", Plain)]
    [TestCase("permessage-deflate; server_max_window_bits=15", WithBits)]
    [TestCase("permessage-deflate; server_max_window_bits=\"15\"", WithBits)]
    [TestCase("permessage-deflate; server_max_window_bits=\"\\1\\5\"", WithBits)]
    [TestCase("permessage-deflate; server_max_window_bits=15; client_max_window_bits=8; server_no_context_takeover", WithBits)]
    [TestCase("permessage-deflate; client_max_window_bits=8", Plain)]
    [TestCase("permessage-deflate; client_max_window_bits=\"10\"", Plain)]
    [TestCase("permessage-deflate; client_max_window_bits=15", Plain)]
    [TestCase(" \tpermessage-deflate\t ;\tclient_max_window_bits = 9 ", Plain)]
    [TestCase("permessage-deflate;client_max_window_bits=9;server_no_context_takeover", Plain)]
    public void An_offer_that_can_be_honoured_is_accepted_without_context_takeover(string value, string answer) =>
        Assert.That(Answer(value), Is.EqualTo(answer));

    [TestCase("server_max_window_bits")]
    [TestCase("server_max_window_bits=7")]
    [TestCase("server_max_window_bits=08")]
    [TestCase("server_max_window_bits=\"16\"")]
    [TestCase("server_max_window_bits=16")]
    [TestCase("server_max_window_bits=015")]
    [TestCase("server_max_window_bits=+15")]
    [TestCase("server_max_window_bits=150")]
    [TestCase("server_max_window_bits=15000000000000000000")]
    [TestCase("server_max_window_bits=\"1500000000\"")]
    [TestCase("server_max_window_bits=15; server_max_window_bits=15")]
    [TestCase("client_max_window_bits=7")]
    [TestCase("client_max_window_bits=16")]
    [TestCase("client_max_window_bits=08")]
    [TestCase("client_max_window_bits=0")]
    [TestCase("client_max_window_bits=1")]
    [TestCase("client_max_window_bits=x")]
    [TestCase("client_max_window_bits; client_max_window_bits=10")]
    [TestCase("client_no_context_takeover=1")]
    [TestCase("client_no_context_takeover; client_no_context_takeover")]
    [TestCase("server_no_context_takeover=true")]
    [TestCase("server_no_context_takeover; server_no_context_takeover")]
    [TestCase("unknown")]
    [TestCase("unknown=1; unknown=2")]
    [TestCase("Server_no_context_takeover")]
    [TestCase("server_max_window_bits=9; server_max_window_bits=9")]
    public void An_offer_with_a_wrong_parameter_is_declined_and_the_next_one_looked_at(string parameters)
    {
        Assert.That(Answer($"permessage-deflate; {parameters}"), Is.EqualTo(Declined));
        Assert.That(Answer($"permessage-deflate; {parameters}, permessage-deflate"), Is.EqualTo(Plain));
        Assert.That(Answer($"permessage-deflate; {parameters}", "permessage-deflate; server_max_window_bits=15"), Is.EqualTo(WithBits));
    }

    [TestCase("permessage-deflate, permessage-deflate; server_max_window_bits=15", Plain)]
    [TestCase("permessage-deflate; server_max_window_bits=15, permessage-deflate", WithBits)]
    public void The_first_good_offer_counts(string value, string answer) => Assert.That(Answer(value), Is.EqualTo(answer));

    [Test]
    public void A_window_that_the_client_asks_for_is_confirmed([Range(8, 15)] int bits, [Values("{0}", "\"{0}\"")] string spelling)
    {
        DeflateOffer offer = default;
        offer.Add(Encoding.ASCII.GetBytes("permessage-deflate; server_max_window_bits=" + spelling.Replace("{0}", $"{bits}", StringComparison.Ordinal)));
        Assert.That((Encoding.ASCII.GetString(offer.Answer), offer.WindowBits), Is.EqualTo(($"{Bits}{bits}", bits)));
    }

    [TestCase("permessage-deflate", 15)]
    [TestCase("permessage-deflate; server_max_window_bits=16", 0)]
    [TestCase("permessage-deflate; server_max_window_bits=9, ;", 0)]
    [TestCase("permessage-deflate; server_max_window_bits=9; x, permessage-deflate", 15)]
    public void Without_one_it_is_the_largest_and_without_an_answer_none(string value, int bits)
    {
        DeflateOffer offer = default;
        offer.Add(Encoding.ASCII.GetBytes(value));
        Assert.That(offer.WindowBits, Is.EqualTo(bits));
    }

    [TestCase("x-webkit-deflate-frame", Declined)]
    [TestCase("permessage-bzip2; a; b=\"c\", permessage-deflate", Plain)]
    [TestCase("Permessage-Deflate", Declined)]
    [TestCase("permessage-deflate2", Declined)]
    [TestCase("permessage", Declined)]
    [TestCase("x; x; x", Declined)]
    [TestCase("", Declined)]
    [TestCase(" , ,\t,", Declined)]
    [TestCase(",, permessage-deflate,,", Plain)]
    public void Other_extensions_and_empty_elements_are_skipped(string value, string answer) => Assert.That(Answer(value), Is.EqualTo(answer));

    [TestCase(";")]
    [TestCase("=")]
    [TestCase("permessage-deflate;")]
    [TestCase("permessage-deflate; ")]
    [TestCase("permessage-deflate;; client_max_window_bits")]
    [TestCase("permessage-deflate; =10")]
    [TestCase("permessage-deflate; client_max_window_bits=")]
    [TestCase("permessage-deflate; client_max_window_bits=,")]
    [TestCase("permessage-deflate; client_max_window_bits=\"")]
    [TestCase("permessage-deflate; client_max_window_bits=\"\"")]
    [TestCase("permessage-deflate; client_max_window_bits=\"10")]
    [TestCase("permessage-deflate; client_max_window_bits=\"10\\")]
    [TestCase("permessage-deflate; client_max_window_bits=\"10\\\"")]
    [TestCase("permessage-deflate; client_max_window_bits=\" 10\"")]
    [TestCase("permessage-deflate; client_max_window_bits=\"1,0\"")]
    [TestCase("permessage-deflate; client_max_window_bits=\"10\"0")]
    [TestCase("permessage-deflate; client_max_window_bits=10=10")]
    [TestCase("permessage-deflate; client_max_window_bits 10")]
    [TestCase("permessage-deflate client_max_window_bits")]
    [TestCase("permessage-deflate=1")]
    [TestCase("permessage-deflate; (a)")]
    [TestCase("\"permessage-deflate\"")]
    [TestCase("permessage\xE9-deflate")]
    public void A_malformed_header_counts_as_no_offer(string value)
    {
        Assert.That(Answer(value), Is.EqualTo(Declined));
        Assert.That(Answer("permessage-deflate", value), Is.EqualTo(Declined), "after a good line");
        Assert.That(Answer(value, "permessage-deflate"), Is.EqualTo(Declined), "before a good line");
        Assert.That(Answer($"permessage-deflate, {value}"), Is.EqualTo(Declined), "after a good element");
        Assert.That(Answer($"{value}, permessage-deflate"), Is.EqualTo(Declined), "before a good element");
    }

    [Test]
    public void All_lines_together_may_have_1_KiB()
    {
        string longest = new('a', DeflateOffer.MaxBytes - "permessage-deflate".Length);
        Assert.That(Answer(longest, "permessage-deflate"), Is.EqualTo(Plain));
        Assert.That(Answer("permessage-deflate", longest), Is.EqualTo(Plain));
        Assert.That(Answer(longest + "a", "permessage-deflate"), Is.EqualTo(Declined));
        Assert.That(Answer("permessage-deflate", longest + "a"), Is.EqualTo(Declined));
        Assert.That(Answer(new string(',', 100_000), "permessage-deflate"), Is.EqualTo(Declined));
    }

    [Test]
    public void Random_bytes_never_throw([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        byte[] alphabet = "permessage-deflate;,=\"\\ 15\t\xFF"u8.ToArray();
        for (int i = 0; i < 5000; i++)
        {
            DeflateOffer offer = default;
            offer.Add(random.GetItems(alphabet, random.Next(60)));
            Assert.That(offer.Answer.IsEmpty, Is.True);
        }
    }

    [Test]
    public void A_request_is_judged_by_all_its_lines_without_allocating()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(
            "GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Extensions: x, permessage-deflate; y\r\n"
            + "sec-websocket-extensions: permessage-deflate; server_max_window_bits=\"15\"\r\n\r\n");
        var head = new RequestHead();
        Assert.That(head.Parse(bytes), Is.EqualTo(ParseStatus.Complete));
        Assert.That(Encoding.ASCII.GetString(DeflateOffer.Judge(HandshakeRequest.Extensions(head, bytes), bytes).Answer), Is.EqualTo(WithBits));

        int length = 0;
        Assert.That(Allocations.Least(() => length = DeflateOffer.Judge(HandshakeRequest.Extensions(head, bytes), bytes).Answer.Length), Is.Zero);
        Assert.That(length, Is.EqualTo(WithBits.Length));
    }

    private static string Answer(params string[] lines)
    {
        DeflateOffer offer = default;
        foreach (string line in lines) offer.Add(Encoding.Latin1.GetBytes(line));
        return Encoding.ASCII.GetString(offer.Answer);
    }
}
