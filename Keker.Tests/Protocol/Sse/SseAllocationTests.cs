using Keker.Protocol.Sse;

namespace Keker.Tests.Protocol.Sse;

[TestFixture]
internal sealed class SseAllocationTests
{
    [Test]
    public void Writing_events_allocates_nothing()
    {
        byte[] output = new byte[4096];
        byte[] text = "one\ntwo\r\nthree"u8.ToArray();
        long written = 0;

        long allocated = Allocations.Least(() =>
        {
            written = TextEvent.Length("1:2"u8, "x"u8, text) + TextEvent.Write(output, "1:2"u8, "x"u8, text);
            written += BinaryEvent.Write(output, "1:2"u8, EventType.Binary, text);
            written += StreamLines.WriteRetry(output, 1000);
        });

        Assert.That((written > 100, allocated), Is.EqualTo((true, 0L)));
    }
}
