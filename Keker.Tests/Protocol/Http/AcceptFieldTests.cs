using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class AcceptFieldTests
{
    [TestCase("text/event-stream")]
    [TestCase("Text/Event-Stream")]
    [TestCase("text/html, text/event-stream")]
    [TestCase("text/html;q=1,text/event-stream;q=0.001, */*")]
    [TestCase("text/event-stream; q=1.000")]
    [TestCase("text/event-stream ; Q=0.5")]
    [TestCase("text/event-stream;q=1")]
    [TestCase("text/event-stream;q=1.")]
    [TestCase("text/event-stream;charset=utf-8")]
    [TestCase("text/event-stream;charset=\"a;q=0\"")]
    [TestCase("text/html", "text/event-stream")]
    [TestCase("x/y;a=\"b\\\",\", text/event-stream")]
    public void An_event_stream_is_wanted_where_it_is_named(params string[] lines) => Assert.That(Names(lines), Is.True);

    [TestCase]
    [TestCase("")]
    [TestCase("*/*")]
    [TestCase("text/*")]
    [TestCase("text/html, */*;q=0.8")]
    [TestCase("text/event-stream;q=0")]
    [TestCase("text/event-stream;q=0.")]
    [TestCase("text/event-stream;q=0.000")]
    [TestCase("*/*, text/event-stream;q=0.0")]
    [TestCase("text/event-stream;charset=utf-8;q=0")]
    [TestCase("text/event-stream;q=")]
    [TestCase("text/event-stream;q=2")]
    [TestCase("text/event-stream;q=1.001")]
    [TestCase("text/event-stream;q=0.0001")]
    [TestCase("text/event-stream;q=0.x")]
    [TestCase("text/event-stream;q=.5")]
    [TestCase("text/event-stream;q=05")]
    [TestCase("text/event-stream;q=-1")]
    [TestCase("text/event-streams")]
    [TestCase("text/event-stream text/html")]
    [TestCase("x/y;a=\"text/event-stream, text/event-stream\"")]
    public void Nothing_else_chooses_it(params string[] lines) => Assert.That(Names(lines), Is.False);

    [TestCase("application/openmetrics-text", true)]
    [TestCase("APPLICATION/OpenMetrics-Text;version=1.0.0;q=0.5,text/plain;q=0.3", true)]
    [TestCase("text/plain, */*", false)]
    [TestCase("application/openmetrics-text;version=1.0.0;q=0", false)]
    public void Any_type_can_be_looked_for(string line, bool isNamed)
    {
        RequestHead head = RequestHeads.With("Accept", [line], out byte[] bytes);
        Assert.That(AcceptField.Names(head, bytes, "application/openmetrics-text"u8), Is.EqualTo(isNamed));
    }

    private static bool Names(string[] lines)
    {
        RequestHead head = RequestHeads.With("ACCEPT", lines, out byte[] bytes);
        return AcceptField.NamesEventStream(head, bytes);
    }
}
