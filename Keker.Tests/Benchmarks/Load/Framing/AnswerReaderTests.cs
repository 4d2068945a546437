using System.Text;
using Keker.Benchmarks.Load.Framing;

namespace Keker.Tests.Benchmarks.Load.Framing;

internal sealed class AnswerReaderTests
{
    private const string First = "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 5\r\n\r\nhello";
    private const string Second = "HTTP/1.1 404 Not Found\r\ncontent-length:0\r\n\r\n";

    [Test]
    public void Answers_are_taken_one_by_one_when_they_are_complete()
    {
        byte[] both = Encoding.ASCII.GetBytes(First + Second);
        for (int length = 0; length <= both.Length; length++)
        {
            ReadOnlySpan<byte> input = both.AsSpan(0, length);
            var found = new List<int>();
            while (AnswerReader.TryRead(ref input, out int status))
                found.Add(status);

            Assert.That(found, Is.EqualTo(length < First.Length ? [] : length < both.Length ? new[] { 200 } : [200, 404]), $"{length} bytes");
            Assert.That(input.Length, Is.EqualTo(length - (length < First.Length ? 0 : length < both.Length ? First.Length : both.Length)));
        }
    }

    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [TestCase("SSH-2.0\r\nContent-Length: 0\r\n\r\n")]
    public void What_is_not_understood_has_no_status(string answer)
    {
        ReadOnlySpan<byte> input = Encoding.ASCII.GetBytes(answer);

        Assert.That(AnswerReader.TryRead(ref input, out int status), Is.True);
        Assert.That(status, Is.Zero);
    }
}
