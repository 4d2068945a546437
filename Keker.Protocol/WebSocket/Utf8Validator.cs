using System.Text.Unicode;

namespace Keker.Protocol.WebSocket;

/// <summary>
/// Checks UTF-8 that arrives in pieces (RFC 3629, RFC 6455 8.1) and refuses it at the first byte that no valid text can
/// have there. Three bytes of state; <c>default</c> is ready for use. Not thread-safe.
/// </summary>
public struct Utf8Validator
{
    // Between pieces only the rest of one code point matters: how many bytes it lacks, and what the next of them may be.
    // The second byte of some code points has a narrower range: overlongs, surrogates and everything above U+10FFFF are
    // refused there and not at the end of the code point.
    private byte _missing;
    private byte _lowest;
    private byte _highest;

    /// <summary>Whether the bytes so far end with a whole code point (or there were none).</summary>
    public readonly bool IsComplete => _missing == 0;

    /// <summary>Takes the next piece.</summary>
    /// <param name="bytes">Any number of bytes.</param>
    /// <returns>
    /// False as soon as the bytes so far cannot be the beginning of valid UTF-8; it stays false until <see cref="Reset"/>.
    /// </returns>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        while (_missing != 0)
        {
            if (bytes.IsEmpty) return true;
            if (!Continue(bytes[0])) return Fail();
            bytes = bytes[1..];
        }

        int unfinished = UnfinishedLength(bytes);
        if (!Utf8.IsValid(bytes[..^unfinished])) return Fail();
        if (unfinished == 0) return true;

        Begin(bytes[^unfinished]);
        foreach (byte next in bytes[^(unfinished - 1)..])
            if (!Continue(next)) return Fail();
        return true;
    }

    /// <summary>Forgets everything, for the next text.</summary>
    public void Reset() => this = default;

    /// <summary>How many bytes at the end belong to a code point that goes on after them: 0 to 3.</summary>
    private static int UnfinishedLength(ReadOnlySpan<byte> bytes)
    {
        for (int length = 1; length <= 3 && length <= bytes.Length; length++)
        {
            byte value = bytes[^length];
            if (value < 0x80) return 0;
            if (value >= 0xC0) return SequenceLength(value) > length ? length : 0;
        }

        return 0;
    }

    /// <summary>Length of the code point that begins with this byte; 0 where none can, which leaves it to the bulk check.</summary>
    private static int SequenceLength(byte lead) => lead switch
    {
        >= 0xC2 and <= 0xDF => 2,
        >= 0xE0 and <= 0xEF => 3,
        >= 0xF0 and <= 0xF4 => 4,
        _ => 0,
    };

    private void Begin(byte lead)
    {
        _missing = (byte)(SequenceLength(lead) - 1);
        _lowest = lead switch { 0xE0 => 0xA0, 0xF0 => 0x90, _ => 0x80 };
        _highest = lead switch { 0xED => 0x9F, 0xF4 => 0x8F, _ => 0xBF };
    }

    private bool Continue(byte next)
    {
        if (next < _lowest || next > _highest) return false;
        _missing--;
        _lowest = 0x80;
        _highest = 0xBF;
        return true;
    }

    /// <summary>An empty range for the next byte: no further piece can pass.</summary>
    private bool Fail()
    {
        _missing = 1;
        _lowest = 0xFF;
        _highest = 0;
        return false;
    }
}
