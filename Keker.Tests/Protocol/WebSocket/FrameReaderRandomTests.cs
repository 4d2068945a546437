using System.Text;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

/// <summary>Random conversations of a client, cut at random places: what is read is what was written, however it was cut.</summary>
[TestFixture]
internal sealed class FrameReaderRandomTests
{
    private const string Alphabet = "az ä€😀";

    private static FrameReader Create() => new(maxMessageBytes: 4096, maxFragments: 8);

    [Test]
    public void What_a_client_writes_is_what_is_read([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        var wire = new List<byte>();
        var expected = new List<string>();
        for (int i = 0; i < 20; i++) WriteMessage(random, wire, expected);

        byte[] bytes = [.. wire];
        for (int round = 0; round < 10; round++)
            Assert.That(ReadInPieces(bytes, random), Is.EqualTo(expected), $"round {round}");
    }

    [Test]
    public void Damaged_input_gives_the_same_answer_however_it_is_cut([Range(1, 200)] int seed)
    {
        var random = new Random(seed);
        var wire = new List<byte>();
        for (int i = 0; i < 5; i++) WriteMessage(random, wire, []);
        byte[] bytes = [.. wire];
        for (int i = 0; i < 3; i++) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));

        string[] whole = Reading.Whole(bytes, Create);
        for (int round = 0; round < 10; round++)
            Assert.That(ReadInPieces(bytes, random), Is.EqualTo(whole), $"round {round}");
    }

    private static void WriteMessage(Random random, List<byte> wire, List<string> expected)
    {
        bool text = random.Next(2) == 0;
        byte[] payload = text ? RandomText(random) : TestBytes.Random(random.Next(300), random.Next());
        int fragments = random.Next(1, 9);
        int at = 0;
        for (int i = 1; i <= fragments; i++)
        {
            if (random.Next(3) == 0) WriteControl(random, wire, expected);
            int length = i == fragments ? payload.Length - at : random.Next(payload.Length - at + 1);
            OpCode opCode = i > 1 ? OpCode.Continuation : text ? OpCode.Text : OpCode.Binary;
            wire.AddRange(ClientFrame.Of(opCode, payload.AsSpan(at, length), i == fragments, TestBytes.Random(4, random.Next())));
            at += length;
        }

        expected.Add($"{(text ? "Text" : "Binary")} {payload.Length} {Reading.Show(payload)}");
    }

    private static void WriteControl(Random random, List<byte> wire, List<string> expected)
    {
        OpCode opCode = random.Next(2) == 0 ? OpCode.Ping : OpCode.Pong;
        byte[] payload = TestBytes.Random(random.Next(126), random.Next());
        wire.AddRange(ClientFrame.Of(opCode, payload, key: TestBytes.Random(4, random.Next())));
        expected.Add($"{opCode} {Convert.ToHexString(payload)}");
    }

    private static byte[] RandomText(Random random)
    {
        Rune[] runes = [.. Alphabet.EnumerateRunes()];
        var text = new StringBuilder();
        for (int i = random.Next(150); i > 0; i--) text.Append(runes[random.Next(runes.Length)]);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static IReadOnlyList<string> ReadInPieces(byte[] bytes, Random random)
    {
        var reading = new Reading(Create());
        int largest = random.Next(1, 400);
        for (int at = 0; at < bytes.Length;)
        {
            int length = Math.Min(random.Next(1, largest + 1), bytes.Length - at);
            reading.Feed(bytes.AsSpan(at, length), segmentSize: random.Next(3) == 0 ? random.Next(1, 20) : 0);
            at += length;
        }

        return reading.Lines;
    }
}
