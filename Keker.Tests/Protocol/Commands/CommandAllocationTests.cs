using Keker.Protocol.Commands;

namespace Keker.Tests.Protocol.Commands;

/// <summary>Commands and lines live in the caller's memory alone.</summary>
[TestFixture]
internal sealed class CommandAllocationTests
{
    [Test]
    public void Parsing_commands_and_writing_lines_allocate_nothing()
    {
        byte[] buffer = new byte[2048];
        byte[] subscribe = "SUBSCRIBE tópic 1f:20"u8.ToArray();
        byte[] wrong = "SUBSCRIBE tópic 1f-20"u8.ToArray();
        byte[] topic = "tópic"u8.ToArray();
        int written = 0;

        long allocated = Allocations.Least(() =>
        {
            MessageId id = ClientCommand.Parse(subscribe, true).Id;
            written = ClientCommand.Parse(wrong, true).Kind == CommandKind.Malformed ? 0 : -1000;
            written += WelcomeLine.Write(buffer, 77, id);
            written += SubscribedLine.Write(buffer, topic, id);
            written += UnsubscribedLine.Write(buffer, topic);
            written += GapLine.Write(buffer, topic, id, id);
            written += MessageLine.Write(buffer, id, topic);
            written += PongLine.Write(buffer, topic);
            written += ErrorLine.Write(buffer, ErrorCode.BadId, ErrorCode.BadId.Text());
        });

        Assert.That((written > 100, allocated), Is.EqualTo((true, 0L)));
    }
}
