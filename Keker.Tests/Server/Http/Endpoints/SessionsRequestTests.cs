using System.Text;
using Keker.Server.Broker.Topics;
using Keker.Server.Http.Endpoints;

namespace Keker.Tests.Server.Http.Endpoints;

internal sealed class SessionsRequestTests
{
    [Test]
    public void It_names_a_token_or_a_topic_and_what_is_to_become_of_it()
    {
        SessionsRequest request = Read("token=al%20ice%C3%A9".Replace("%20", "-", StringComparison.Ordinal) + "&id=1f&reason=paid%20out&refuse=60")!;
        Assert.That(request.Sessions.Kind, Is.EqualTo(TopicKind.Token));
        Assert.That(Encoding.UTF8.GetString(request.Sessions.Name), Is.EqualTo("al-iceé"));
        Assert.That(request.Sessions.Id, Is.EqualTo(0x1Ful));
        Assert.That(Encoding.UTF8.GetString(request.Reason), Is.EqualTo("paid out"));
        Assert.That(request.Refuse, Is.EqualTo(TimeSpan.FromMinutes(1)));
        SessionsRequest topic = Read("topic=match-17")!;
        Assert.That((topic.Sessions.Kind, topic.Sessions.Id, topic.Refuse, topic.Reason.Length), Is.EqualTo((TopicKind.Named, (ulong?)null, (TimeSpan?)null, 0)));
    }

    [TestCase("")]
    [TestCase("id=1")]
    [TestCase("token=a&topic=b")]
    [TestCase("token=a&token=b")]
    [TestCase("token=")]
    [TestCase("token=a%20b")]
    [TestCase("topic=*")]
    [TestCase("topic=%")]
    [TestCase("token=a&id=")]
    [TestCase("token=a&id=xyz")]
    [TestCase("token=a&id=11111111111111111")]
    [TestCase("token=a&id=1&id=2")]
    [TestCase("token=a&reason=%FF")]
    [TestCase("token=a&refuse=-1")]
    [TestCase("token=a&refuse=1.5")]
    [TestCase("token=a&refuse=86401")]
    [TestCase("token=a&refuse=")]
    [TestCase("topic=a&refuse=1")]
    public void A_mistake_is_told(string query)
    {
        Assert.That(SessionsRequest.Read(Encoding.ASCII.GetBytes(query), out ReadOnlySpan<byte> mistake), Is.Null);
        Assert.That(Encoding.ASCII.GetString(mistake), Is.Not.Empty);
    }

    [TestCase(123, true)]
    [TestCase(124, false)]
    public void A_reason_has_room_in_a_Close(int bytes, bool isRoom) =>
        Assert.That(Read($"token=a&reason={new string('x', bytes)}") is not null, Is.EqualTo(isRoom));

    private static SessionsRequest? Read(string query) => SessionsRequest.Read(Encoding.ASCII.GetBytes(query), out _);
}
