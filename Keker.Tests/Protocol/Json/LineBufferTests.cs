using System.Text;
using Keker.Protocol.Json;

namespace Keker.Tests.Protocol.Json;

internal sealed class LineBufferTests
{
    [TestCase("", "")]
    [TestCase("a", "a")]
    [TestCase("a\n", "a")]
    [TestCase("\n", "")]
    [TestCase("\n\na\n\n", "||a|")]
    [TestCase("one\ntwo\r\n3", "one|two\r|3")]
    [TestCase("12345678\n", "12345678")]
    [TestCase("123456789\nok\n", "!|ok")]
    [TestCase("123456789123456789123456789\n123456789\nok", "!|!|ok")]
    [TestCase("ok\n123456789", "ok|!")]
    public void Every_split_has_the_same_lines(string input, string lines)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(input);
        for (int first = 0; first <= bytes.Length; first++)
        {
            for (int second = first; second <= bytes.Length; second++)
                Assert.That(Read([bytes[..first], bytes[first..second], bytes[second..]]), Is.EqualTo(lines), $"split at {first} and {second}");
        }
    }

    [Test]
    public void Nothing_is_held_of_a_line_that_is_too_long_nor_between_lines()
    {
        var buffer = new LineBuffer(8);

        buffer.Add("1234"u8, out _);
        Assert.That(buffer.Length, Is.EqualTo(4));
        buffer.Add("56789"u8, out _);
        Assert.That(buffer.Length, Is.Zero);
        buffer.Add("1"u8, out _);
        Assert.That(buffer.Length, Is.Zero);
        buffer.Add("\n"u8, out _);
        buffer.Add("12"u8, out _);
        buffer.Add("3\n"u8, out _);
        Assert.That(buffer.Length, Is.Zero);
    }

    [Test]
    public void A_line_in_one_piece_is_not_copied()
    {
        var buffer = new LineBuffer(1000);
        byte[] input = Encoding.ASCII.GetBytes(new string('x', 900) + "\n");
        buffer.Add(input, out _);

        LineStatus status = LineStatus.TooLong;
        bool isInput = false;
        long allocated = Allocations.Least(() =>
        {
            status = buffer.Add(input, out ReadOnlySpan<byte> line);
            isInput = line.Overlaps(input);
        });

        Assert.That((status, isInput, allocated), Is.EqualTo((LineStatus.Complete, true, 0L)));
    }

    /// <summary>The lines with bars between; an exclamation mark for one that is too long.</summary>
    private static string Read(byte[][] pieces)
    {
        var buffer = new LineBuffer(8);
        var lines = new List<string>();
        foreach (byte[] piece in pieces)
        {
            ReadOnlySpan<byte> left = piece;
            while (!left.IsEmpty)
            {
                ReadOnlySpan<byte> first = LineBuffer.FirstPiece(left);
                Note(lines, buffer.Add(first, out ReadOnlySpan<byte> line), line);
                left = left[first.Length..];
            }
        }
        Note(lines, buffer.End(out ReadOnlySpan<byte> last), last);
        Assert.That(buffer.End(out _), Is.EqualTo(LineStatus.NeedMore), "the last line comes once");
        return string.Join('|', lines);
    }

    private static void Note(List<string> lines, LineStatus status, ReadOnlySpan<byte> line)
    {
        if (status == LineStatus.Complete)
            lines.Add(Encoding.ASCII.GetString(line));
        else if (status == LineStatus.TooLong)
            lines.Add("!");
    }
}
