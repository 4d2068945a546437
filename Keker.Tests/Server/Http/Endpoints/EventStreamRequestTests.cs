using System.Text;
using Keker.Protocol.Commands;
using Keker.Protocol.Http;
using Keker.Server.Http.Endpoints;

namespace Keker.Tests.Server.Http.Endpoints;

/// <summary>What a request for an event stream asks for.</summary>
internal sealed class EventStreamRequestTests
{
    private static readonly string EightTopics = string.Concat(Enumerable.Range(0, 8).Select(i => $"&topic=t{i}"));

    [TestCase("token=a", "a", "")]
    [TestCase("topic=t", null, "t")]
    [TestCase("token=a&topic=t", "a", "t")]
    [TestCase("topic=u&x=y&token=a&topic=t", "a", "u t")]
    [TestCase("topic=a&token=a", "a", "a")]
    [TestCase("topic=%41&topic=a", null, "A a")]
    [TestCase("topic=gr%C3%BC%26n", null, "grü&n")]
    public void A_token_and_topics_are_read_in_the_order_of_the_query(string query, string? token, string topics)
    {
        EventStreamRequest request = Read(query)!;
        Assert.That(request.Token is null ? null : Encoding.UTF8.GetString(request.Token), Is.EqualTo(token));
        Assert.That(string.Join(' ', request.Topics.Select(Encoding.UTF8.GetString)), Is.EqualTo(topics));
        Assert.That(request.After, Has.Length.EqualTo(request.Topics.Length + (token is null ? 0 : 1)).And.All.Null);
    }

    [Test]
    public void Eight_topics_go_with_or_without_a_token()
    {
        Assert.That(Read(EightTopics[1..])!.After, Has.Length.EqualTo(8));
        Assert.That(Read("token=a" + EightTopics)!.After, Has.Length.EqualTo(9));
    }

    [TestCase("", "no token and no topic")]
    [TestCase("tokens=a&topics=t", "no token and no topic")]
    [TestCase("token=a&topic=", "bad topic")]
    [TestCase("token=a&topic", "bad topic")]
    [TestCase("topic=-", "bad topic")]
    [TestCase("topic=*", "bad topic")]
    [TestCase("topic=a%20b", "bad topic")]
    [TestCase("topic=a%0Ab", "bad topic")]
    [TestCase("topic=%zz", "bad topic")]
    [TestCase("topic=%ff", "bad topic")]
    [TestCase("topic=t&topic=u&topic=t", "the same topic twice")]
    [TestCase("topic=t&topic=%74", "the same topic twice")]
    [TestCase("token=&topic=t", "bad token")]
    [TestCase("token=a&token=b&topic=t", "more than one token")]
    public void A_mistake_is_said(string query, string message) => AssertMistake(query, message);

    [Test]
    public void A_ninth_topic_is_one_too_many_and_so_are_hundreds()
    {
        AssertMistake("token=a" + EightTopics + "&topic=t8", "too many topics");
        AssertMistake(string.Concat(Enumerable.Range(0, 700).Select(i => $"&topic={i}")), "too many topics");
        AssertMistake("topic=" + new string('x', 513), "bad topic");
    }

    [TestCase("token=a&last_event_id=1f:30", "31:30")]
    [TestCase("topic=t&lastEventId=1f:30", "31:30")]
    [TestCase("topic=t&lastEventId=v:u,", "31:30")]
    [TestCase("token=a&lastEventId=,", "-")]
    [TestCase("token=a&topic=t&last_event_id=v:u,1:z", "31:30 1:35")]
    [TestCase("topic=t&topic=u&last_event_id=,1:z", "- 1:35")]
    [TestCase("token=a&topic=t&last_event_id=v:u%2C1:z", "31:30 1:35")]
    [TestCase("token=a&topic=t&last_event_id=", "- -")]
    [TestCase("token=a&topic=t&last_event_id=1:1,1:1&lastEventId=2:2,2:2", "2:2 2:2")]
    [TestCase("token=a&topic=t&last_event_id=1:1,1:1&lastEventId=", "1:1 1:1")]
    public void An_id_has_a_place_for_each(string query, string after) => Assert.That(After(Read(query)), Is.EqualTo(after));

    [TestCase("token=a&last_event_id=v:u,1:z", "0:0")]
    [TestCase("token=a&topic=t&last_event_id=1f:30", "0:0 0:0")]
    [TestCase("token=a&topic=t&last_event_id=nonsense", "0:0 0:0")]
    [TestCase("token=a&topic=t&last_event_id=v:u,1:Z", "0:0 0:0")]
    [TestCase("token=a&topic=t&last_event_id=v:u,1:z,1:z", "0:0 0:0")]
    [TestCase("token=a&topic=t&last_event_id=%zz", "0:0 0:0")]
    [TestCase("token=a&topic=t&last_event_id=1:1,1:1&last_event_id=1:1,1:1", "0:0 0:0")]
    [TestCase("token=a&topic=t&last_event_id=1:zzzzzzzzzzzzz,1:1", "0:0 0:0")]
    public void One_that_is_none_is_none_for_all(string query, string after) => Assert.That(After(Read(query)), Is.EqualTo(after));

    [Test]
    public void One_that_is_longer_than_any_is_none()
    {
        Assert.That(After(Read("token=a&topic=t&last_event_id=" + new string('1', 5000))), Is.EqualTo("0:0 0:0"));
        Assert.That(After(Read("token=a&topic=t", "Last-Event-ID: 1:1,1:1" + new string(',', 5000))), Is.EqualTo("0:0 0:0"));
    }

    [Test]
    public void The_longest_list_is_read_from_the_query_and_from_the_header()
    {
        string list = string.Join(',', Enumerable.Repeat("3w5e11264sgsf:1y2p0ij32e8e7", 9));
        string after = string.Join(' ', Enumerable.Repeat($"{ulong.MaxValue}:{long.MaxValue}", 9));
        Assert.That(After(Read("token=a" + EightTopics + "&last_event_id=" + list)), Is.EqualTo(after));
        Assert.That(After(Read("token=a" + EightTopics, "Last-Event-ID: " + list)), Is.EqualTo(after));
    }

    [Test]
    public void The_header_counts_before_the_query() =>
        Assert.That(After(Read("topic=t&topic=u&lastEventId=1:1,1:1", "Last-Event-ID: 2:2,3:3")), Is.EqualTo("2:2 3:3"));

    private static EventStreamRequest? Read(string query, string? header = null) => Read(query, header, out _);

    private static EventStreamRequest? Read(string query, string? header, out string mistake)
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"GET /v1/subscribe?{query} HTTP/1.1\r\nHost: a\r\n{(header is null ? "" : header + "\r\n")}\r\n");
        var head = new RequestHead();
        Assert.That(head.Parse(bytes), Is.EqualTo(ParseStatus.Complete));
        EventStreamRequest? request = EventStreamRequest.Read(head, bytes, isChecked: false, out ReadOnlySpan<byte> said);
        mistake = Encoding.ASCII.GetString(said);
        return request;
    }

    private static void AssertMistake(string query, string message)
    {
        Assert.That(Read(query, header: null, out string mistake), Is.Null);
        Assert.That(mistake, Does.StartWith(message));
    }

    private static string After(EventStreamRequest? request) =>
        string.Join(' ', request!.After.Select(id => id is { } known ? $"{known.Epoch}:{known.Offset}" : "-"));
}
