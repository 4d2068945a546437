using System.Text;
using Keker.Benchmarks.Load.Framing;

namespace Keker.Tests.Benchmarks.Load.Framing;

/// <summary>The scanner below it is fed through it.</summary>
internal sealed class MessageCutterTests
{
    private const byte Final = 0x80;
    private const int Text = 1;
    private const int Continuation = 0;
    private const int Close = 8;
    private const int Ping = 9;
    private const int EndOfRecord = 0x1e;

    private static readonly string Long = new('l', 300);
    private static readonly string Longest = new('m', 70_000);

    [Test]
    public void Messages_come_whole_at_every_split()
    {
        byte[] input = [.. Frame(Final | Text, "one"), .. Frame(Final | Text, ""), .. Frame(Final | Text, Long), .. Frame(Final | Text, "end")];

        ExpectAtEverySplit(input, -1, ["Data one", "Data ", $"Data {Long}", "Data end"]);
    }

    [Test]
    public void Fragments_are_put_together_and_control_frames_come_between()
    {
        byte[] input =
        [
            .. Frame(Text, "fr"), .. Frame(Final | Ping, "ping"), .. Frame(Continuation, ""), .. Frame(Continuation, "ag"), .. Frame(Final | Ping, ""),
            .. Frame(Final | Continuation, "ment"), .. Frame(Final | Text, "next"), .. Frame(Final | Close, "\u0003\u0004"),
        ];

        ExpectAtEverySplit(input, -1, ["Ping ping", "Ping ", "Data fragment", "Data next", "Close \u0003\u0004"]);
    }

    [Test]
    public void Records_do_not_care_for_frames()
    {
        byte[] input =
        [
            .. Frame(Final | Text, "a\u001ebb\u001ec"), .. Frame(Text, "c"), .. Frame(Final | Ping, "p"), .. Frame(Final | Continuation, "c\u001e"), .. Frame(Final | Text, "dddd\u001e"),
        ];

        ExpectAtEverySplit(input, EndOfRecord, ["Data a", "Data bb", "Ping p", "Data ccc", "Data dddd"]);
    }

    [Test]
    public void The_long_form_of_the_length_is_understood()
    {
        byte[] input = [.. Frame(Final | Text, Longest), .. Frame(Final | Text, "end")];

        foreach (int split in (int[])[1, 2, 5, 9, 10, 11, 5000, input.Length - 1])
            Assert.That(Read(input, split, -1), Is.EqualTo([$"Data {Longest}", "Data end"]));
    }

    [TestCase(new byte[] { 0x81, 0x81, 1, 2, 3, 4, 5 }, TestName = "A masked frame is malformed")]
    [TestCase(new byte[] { 0xC1, 0x01, 65 }, TestName = "A reserved bit is malformed")]
    [TestCase(new byte[] { 0x83, 0x01, 65 }, TestName = "A reserved type is malformed")]
    [TestCase(new byte[] { 0x80, 0x01, 65 }, TestName = "A continuation of nothing is malformed")]
    [TestCase(new byte[] { 0x01, 0x01, 65, 0x81, 0x01, 65 }, TestName = "A message within a message is malformed")]
    [TestCase(new byte[] { 0x09, 0x00 }, TestName = "A fragment of a control frame is malformed")]
    [TestCase(new byte[] { 0x89, 0x7E, 0x00, 0x7E }, TestName = "A long control frame is malformed")]
    [TestCase(new byte[] { 0x81, 0x7F, 0x80, 0, 0, 0, 0, 0, 0, 0 }, TestName = "A length below zero is malformed")]
    public void What_no_server_may_send_is_malformed(byte[] input)
    {
        for (int split = 0; split < input.Length; split++)
            Assert.That(Read(input, split, -1), Is.EqualTo(["Malformed "]));
    }

    private static void ExpectAtEverySplit(byte[] input, int endsWith, string[] expected)
    {
        for (int split = 0; split < input.Length; split++)
            Assert.That(Read(input, split, endsWith), Is.EqualTo(expected), $"split at {split}");
        Assert.That(Read([.. input.Select(b => new[] { b })], endsWith), Is.EqualTo(expected), "byte by byte");
    }

    private static List<string> Read(byte[] input, int split, int endsWith) => Read([input[..split], input[split..]], endsWith);

    private static List<string> Read(byte[][] parts, int endsWith)
    {
        var cutter = new MessageCutter(endsWith);
        var found = new List<string>();
        foreach (byte[] part in parts)
        {
            ReadOnlySpan<byte> rest = part;
            ScanResult result;
            while ((result = cutter.Next(ref rest, out ReadOnlySpan<byte> bytes)) != ScanResult.NeedMore)
            {
                found.Add($"{result} {Encoding.Latin1.GetString(bytes)}");
                if (result == ScanResult.Malformed)
                    return found;
            }
            Assert.That(rest.Length, Is.Zero);
        }
        return found;
    }

    private static byte[] Frame(int first, string payload)
    {
        byte[] length = payload.Length switch
        {
            < 126 => [(byte)payload.Length],
            <= ushort.MaxValue => [126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [127, 0, 0, 0, 0, 0, (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        return [(byte)first, .. length, .. Encoding.Latin1.GetBytes(payload)];
    }
}
