using System.Text;
using Keker.Protocol.Sse;

namespace Keker.Tests.Protocol.Sse;

[TestFixture]
internal sealed class BinaryEventTests
{
    [Test]
    public void Bytes_arrive_as_base64_in_an_event_of_their_own_type([Values(0, 1, 2, 3, 4, 255, 256, 1000)] int size, [Values("", "1:2")] string id)
    {
        byte[] payload = [.. Enumerable.Range(0, size).Select(value => (byte)(value * 7))];
        byte[] idBytes = Encoding.ASCII.GetBytes(id);
        byte[] output = new byte[BinaryEvent.Length(idBytes, EventType.Binary, size)];

        Assert.That(BinaryEvent.Write(output, idBytes, EventType.Binary, payload), Is.EqualTo(output.Length));

        string stream = Encoding.ASCII.GetString(output);
        Assert.That(stream, Does.StartWith(id.Length == 0 ? "event: binary\ndata: " : "id: 1:2\nevent: binary\ndata: "));
        ReceivedEvent received = ReceivedEvent.ReadAll(stream).Single();
        Assert.That((received.Type, received.LastId), Is.EqualTo(("binary", id)));
        Assert.That(Convert.FromBase64String(received.Data), Is.EqualTo(payload));
    }

    [Test]
    public void The_length_of_a_very_large_payload_does_not_overflow() =>
        Assert.That(BinaryEvent.Length(default, EventType.Binary, int.MaxValue), Is.GreaterThan(int.MaxValue));

    [Test]
    public void A_short_destination_is_refused() =>
        Assert.That(() => BinaryEvent.Write(new byte[20], default, EventType.Binary, new byte[3]), Throws.TypeOf<ArgumentOutOfRangeException>());
}
