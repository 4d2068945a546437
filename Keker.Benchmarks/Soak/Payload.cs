using System.Buffers.Text;
using System.Numerics;
using System.Text;

namespace Keker.Benchmarks.Soak;

/// <summary>
/// A message that can be verified by itself: stream, number and checksum in hexadecimal, then a filler, in turn repetitive text, random text
/// and random bytes that are no text.
/// </summary>
internal static class Payload
{
    public const int MinLength = StreamDigits + NumberDigits + SumDigits;
    public const int MaxLength = 64 << 10;

    private const int StreamDigits = 4;
    private const int NumberDigits = 8;
    private const int SumDigits = 8;

    private static readonly byte[] Repetitive = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 2 * MaxLength / 8).Select(i => $"word{i % 500:000} ")));
    private static readonly byte[] RandomText = Encoding.ASCII.GetBytes(Random.Shared.GetItems("abcdefghijklmnopqrstuvwxyz0123456789+-".AsSpan(), 2 * MaxLength));
    private static readonly byte[] RandomBytes = MakeBytes();

    /// <summary>A length between the two bounds: most messages are small, and a few of each thousand are as large as they may be.</summary>
    public static int RandomLength(int most = MaxLength)
    {
        double share = Random.Shared.NextDouble();
        return (int)(MinLength * Math.Pow((double)most / MinLength, share * share * share));
    }

    public static void Write(Span<byte> message, int stream, long number)
    {
        Span<byte> filler = message[MinLength..];
        byte[] source = (number % 3) switch { 0 => Repetitive, 1 => RandomText, _ => RandomBytes };
        source.AsSpan(Random.Shared.Next(MaxLength), filler.Length).CopyTo(filler);
        if (IsBinary(number, message.Length))
            filler[0] = 0xFF;
        Utf8Formatter.TryFormat(stream, message, out _, new('X', StreamDigits));
        Utf8Formatter.TryFormat(number, message[StreamDigits..], out _, new('X', NumberDigits));
        Utf8Formatter.TryFormat(Sum(message), message[(StreamDigits + NumberDigits)..], out _, new('X', SumDigits));
    }

    /// <returns>False when this is not what was published, or came as text where it is none.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, bool isBinary, out int stream, out long number)
    {
        stream = 0;
        number = 0;
        return message.Length >= MinLength
            && Utf8Parser.TryParse(message[..StreamDigits], out stream, out _, 'X')
            && Utf8Parser.TryParse(message.Slice(StreamDigits, NumberDigits), out number, out _, 'X')
            && Utf8Parser.TryParse(message.Slice(StreamDigits + NumberDigits, SumDigits), out uint sum, out _, 'X')
            && sum == Sum(message)
            && isBinary == IsBinary(number, message.Length);
    }

    private static bool IsBinary(long number, int length) => number % 3 == 2 && length > MinLength;

    private static uint Sum(ReadOnlySpan<byte> message)
    {
        uint sum = Add((uint)message.Length, message[..(StreamDigits + NumberDigits)]);
        return Add(sum, message[MinLength..]);
    }

    private static uint Add(uint sum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            sum = BitOperations.Crc32C(sum, BitConverter.ToUInt64(bytes));
        foreach (byte b in bytes)
            sum = BitOperations.Crc32C(sum, b);
        return sum;
    }

    private static byte[] MakeBytes()
    {
        byte[] bytes = new byte[2 * MaxLength];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }
}
