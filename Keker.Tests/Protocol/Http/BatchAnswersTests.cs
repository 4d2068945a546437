using System.Buffers;
using System.Text;
using System.Text.Json;
using Keker.Protocol.Http;

namespace Keker.Tests.Protocol.Http;

[TestFixture]
internal sealed class BatchAnswersTests
{
    [Test]
    public void Each_answer_is_one_line_of_JSON()
    {
        ArrayBufferWriter<byte> output = new();

        BatchAnswers.WritePublished(output, 3, 1);
        BatchAnswers.WriteStored(output, Addressee.Token, "tök"u8, 1);
        BatchAnswers.WriteRecipientNotFound(output, Addressee.Token, "t\"k"u8, 0);
        BatchAnswers.WriteMessage(output, 400, "unknown member: \n"u8);

        Assert.That(Encoding.UTF8.GetString(output.WrittenSpan), Is.EqualTo(
            "{\"status\":200,\"message\":\"message published\",\"data\":{\"sessions\":3,\"cached\":1}}\n"
            + "{\"status\":202,\"message\":\"message stored for recipient tök\",\"data\":{\"sessions\":0,\"cached\":1}}\n"
            + "{\"status\":404,\"message\":\"recipient t\\\"k not found\",\"data\":{\"sessions\":0,\"cached\":0}}\n"
            + "{\"status\":400,\"message\":\"unknown member: \\n\",\"data\":null}\n"));
    }

    [Test]
    public void An_answer_is_what_the_message_alone_would_be_answered()
    {
        ResponseHeaders headers = new() { Date = "Sun, 06 Nov 1994 08:49:37 GMT"u8 };
        ArrayBufferWriter<byte> alone = new();
        ArrayBufferWriter<byte> line = new();

        JsonAnswers.WriteStored(alone, Addressee.Token, "a"u8, 1, headers);
        BatchAnswers.WriteStored(line, Addressee.Token, "a"u8, 1);

        string body = Encoding.UTF8.GetString(alone.WrittenSpan[(alone.WrittenSpan.IndexOf("\r\n\r\n"u8) + 4)..]);
        Assert.That(Encoding.UTF8.GetString(line.WrittenSpan), Is.EqualTo("{\"status\":202," + body[1..] + "\n"));
    }

    [Test]
    public void The_longest_lines_fit_the_space_that_is_asked_for()
    {
        byte[] worst = Enumerable.Repeat((byte)1, 512).ToArray();
        foreach (Action<IBufferWriter<byte>> write in (Action<IBufferWriter<byte>>[])
        [
            output => BatchAnswers.WritePublished(output, long.MaxValue, long.MaxValue),
            output => BatchAnswers.WriteStored(output, Addressee.Token, worst, long.MaxValue),
            output => BatchAnswers.WriteRecipientNotFound(output, Addressee.Token, worst, long.MaxValue),
            output => BatchAnswers.WriteMessage(output, 503, worst),
        ])
        {
            ArrayBufferWriter<byte> output = new();
            write(output);
            Assert.That(output.WrittenSpan[^1], Is.EqualTo((byte)'\n'));
            using JsonDocument json = JsonDocument.Parse(output.WrittenMemory);
            Assert.That(json.RootElement.EnumerateObject().Select(member => member.Name), Is.EqualTo(["status", "message", "data"]));
        }
    }
}
