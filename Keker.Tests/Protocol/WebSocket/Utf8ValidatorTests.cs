using System.Text;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

[TestFixture]
internal sealed class Utf8ValidatorTests
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Every byte at which the rules change, and its neighbours.
    private static readonly byte[] Edges =
    [
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
        0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFE, 0xFF,
    ];

    private enum Verdict
    {
        Invalid,
        Unfinished,
        Valid,
    }

    [Test]
    public void Every_code_point_is_accepted_whole_and_byte_by_byte()
    {
        Span<byte> bytes = stackalloc byte[4];
        int accepted = 0;
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.TryCreate(value, out Rune rune)) continue;
            int length = rune.EncodeToUtf8(bytes);
            if (Judge(bytes[..length], length) == Verdict.Valid && Judge(bytes[..length], 1) == Verdict.Valid) accepted++;
        }

        Assert.That(accepted, Is.EqualTo(0x110000 - 0x800));
    }

    [Test]
    public void Every_sequence_of_up_to_three_bytes_gets_the_oracles_verdict_at_every_split()
    {
        var prefixes = new Prefixes();
        var wrong = new List<string>();
        byte[] bytes = new byte[3];
        for (int length = 1; length <= 3; length++)
        {
            for (int value = 0; value < 1 << (8 * length); value++)
            {
                // Three free bytes are 16 million sequences: the last one takes only the values at which rules change.
                if (length == 3 && !Edges.Contains((byte)value)) continue;
                for (int i = 0; i < length; i++) bytes[i] = (byte)(value >> (8 * (length - 1 - i)));
                Compare(bytes.AsSpan(0, length), prefixes, wrong);
            }
        }

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Every_four_bytes_of_edge_values_get_the_oracles_verdict_at_every_split()
    {
        var prefixes = new Prefixes();
        var wrong = new List<string>();
        foreach (byte a in Edges)
            foreach (byte b in Edges)
                foreach (byte c in Edges)
                    foreach (byte d in Edges)
                        Compare([a, b, c, d], prefixes, wrong);
        Assert.That(wrong, Is.Empty);
    }

    [TestCase(new byte[] { 0xC0, 0x80 }, 1)]
    [TestCase(new byte[] { 0xC1, 0xBF }, 1)]
    [TestCase(new byte[] { 0xE0, 0x9F, 0xBF }, 2)]
    [TestCase(new byte[] { 0xED, 0xA0, 0x80 }, 2)]
    [TestCase(new byte[] { 0xF0, 0x8F, 0xBF, 0xBF }, 2)]
    [TestCase(new byte[] { 0xF4, 0x90, 0x80, 0x80 }, 2)]
    [TestCase(new byte[] { 0xF5, 0x80, 0x80, 0x80 }, 1)]
    [TestCase(new byte[] { 0xE2, 0x82, 0x28 }, 3)]
    [TestCase(new byte[] { 0xF0, 0x9F, 0x98, 0x28 }, 4)]
    [TestCase(new byte[] { 0x41, 0x80 }, 2)]
    public void It_refuses_at_the_offending_byte(byte[] bytes, int refusedAt)
    {
        var validator = default(Utf8Validator);
        int taken = 0;
        while (taken < bytes.Length)
        {
            bool accepted = validator.Append(bytes.AsSpan(taken, 1));
            taken++;
            if (!accepted) break;
        }

        Assert.That(taken, Is.EqualTo(refusedAt));
    }

    [Test]
    public void It_refuses_a_piece_whose_last_byte_offends()
    {
        var validator = default(Utf8Validator);
        Assert.That(validator.Append([0x61, 0xED]), Is.True);
        Assert.That(validator.Append([0xA0]), Is.False);

        validator.Reset();
        Assert.That(validator.Append([0x61, 0xED, 0xA0]), Is.False);
    }

    [Test]
    public void It_is_complete_only_between_code_points()
    {
        var validator = default(Utf8Validator);
        var seen = new List<bool> { validator.IsComplete };
        foreach (byte value in "a😀€"u8.ToArray())
        {
            validator.Append([value]);
            seen.Add(validator.IsComplete);
        }

        Assert.That(seen, Is.EqualTo([true, true, false, false, false, true, false, false, true]));
    }

    [Test]
    public void A_refusal_stays_until_reset()
    {
        var validator = default(Utf8Validator);
        Assert.That(validator.Append([0xFF]), Is.False);
        Assert.That(validator.Append("fine"u8), Is.False);
        Assert.That(validator.Append([0xFF]), Is.False);
        Assert.That(validator.IsComplete, Is.False);

        validator.Reset();
        Assert.That(validator.Append("fine"u8), Is.True);
        Assert.That(validator.IsComplete, Is.True);
    }

    [Test]
    public void Long_texts_pass_in_pieces_of_any_size(
        [Values("a", "ä", "€", "😀", "aä€😀")] string unit, [Values(1, 2, 3, 5, 16, 31, 64, 65)] int size)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, 100)));
        Assert.That(Judge(bytes, size), Is.EqualTo(Verdict.Valid));
    }

    [Test]
    public void A_wrong_byte_anywhere_in_a_long_text_is_found([Values(1, 7, 64, 300)] int size)
    {
        for (int at = 0; at < 300; at++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("ä", 150)));
            bytes[at] = 0xFF;
            Assert.That(Judge(bytes, size), Is.EqualTo(Verdict.Invalid), $"at {at}");
        }
    }

    private static Verdict Judge(ReadOnlySpan<byte> bytes, int size)
    {
        var validator = default(Utf8Validator);
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(size, bytes.Length)..])
            if (!validator.Append(bytes[..Math.Min(size, bytes.Length)])) return Verdict.Invalid;
        return validator.IsComplete ? Verdict.Valid : Verdict.Unfinished;
    }

    private static void Compare(ReadOnlySpan<byte> bytes, Prefixes prefixes, List<string> wrong)
    {
        Verdict expected = prefixes.Judge(bytes);
        bool agrees = Judge(bytes, bytes.Length) == expected && Judge(bytes, 1) == expected;
        for (int split = 1; split < bytes.Length && agrees; split++)
        {
            var validator = default(Utf8Validator);
            bool accepted = validator.Append(bytes[..split]) && validator.Append(bytes[split..]);
            agrees = expected == (!accepted ? Verdict.Invalid : validator.IsComplete ? Verdict.Valid : Verdict.Unfinished);
        }

        if (!agrees && wrong.Count < 10) wrong.Add(Convert.ToHexString(bytes));
    }

    /// <summary>Knows every beginning of a code point, collected from what the strict encoder writes.</summary>
    private sealed class Prefixes
    {
        private readonly HashSet<uint> _prefixes = [];
        private readonly HashSet<uint> _whole = [];

        public Prefixes()
        {
            Span<char> chars = stackalloc char[2];
            Span<byte> bytes = stackalloc byte[4];
            for (int value = 0x80; value <= 0x10FFFF; value++)
            {
                if (!Rune.TryCreate(value, out Rune rune)) continue;
                int length = Strict.GetBytes(chars[..rune.EncodeToUtf16(chars)], bytes);
                for (int i = 1; i < length; i++) _prefixes.Add(Pack(bytes[..i]));
                _whole.Add(Pack(bytes[..length]));
            }
        }

        /// <summary>Takes code point after code point; what remains must be a beginning of one.</summary>
        public Verdict Judge(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                int length = bytes[0] < 0x80 ? 1 : WholeLength(bytes);
                if (length == 0) return bytes.Length < 4 && _prefixes.Contains(Pack(bytes)) ? Verdict.Unfinished : Verdict.Invalid;
                bytes = bytes[length..];
            }

            return Verdict.Valid;
        }

        private int WholeLength(ReadOnlySpan<byte> bytes)
        {
            for (int length = 2; length <= Math.Min(4, bytes.Length); length++)
                if (_whole.Contains(Pack(bytes[..length]))) return length;
            return 0;
        }

        private static uint Pack(ReadOnlySpan<byte> bytes)
        {
            uint packed = 0;
            foreach (byte value in bytes) packed = (packed << 8) | value;
            return packed;
        }
    }
}
