using System.Text;
using Keker.Protocol.Sse;

namespace Keker.Tests.Protocol.Sse;

[TestFixture]
internal sealed class StreamLinesTests
{
    [TestCase(0, "retry: 0\n\n")]
    [TestCase(2500, "retry: 2500\n\n")]
    [TestCase(long.MaxValue, "retry: 9223372036854775807\n\n")]
    public void Retry_is_in_milliseconds(long milliseconds, string expected)
    {
        byte[] output = new byte[StreamLines.MaxRetryLength];

        int length = StreamLines.WriteRetry(output, milliseconds);

        Assert.That(Encoding.ASCII.GetString(output, 0, length), Is.EqualTo(expected));
        Assert.That(() => StreamLines.WriteRetry(output, -1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Comments_and_retry_lines_are_no_events()
    {
        byte[] output = new byte[StreamLines.MaxRetryLength];
        string retry = Encoding.ASCII.GetString(output, 0, StreamLines.WriteRetry(output, 1));
        string keepAlive = Encoding.ASCII.GetString(StreamLines.KeepAlive);

        Assert.That(keepAlive, Does.StartWith(":").And.EndsWith("\n\n"));
        Assert.That(ReceivedEvent.ReadAll(keepAlive + retry + "data: x\n\n" + keepAlive), Has.Count.EqualTo(1));
        Assert.That(Encoding.ASCII.GetString(StreamLines.ContentType), Is.EqualTo("text/event-stream"));
    }
}
