using System.Buffers.Binary;

namespace Keker.Benchmarks.Load.Framing;

/// <summary>
/// What a message of the generator begins with. Numbers are written with the letters A to P for four bits each: text in every protocol, and
/// quick to read.
/// <code>"K" ("M" | "P") run publisher number sent token, of 8, 8, 8, 16 and 8 letters</code>
/// </summary>
/// <param name="IsProbe">Only asks whether the subscriber is there.</param>
/// <param name="Run">Tells this run's messages from others on the same server.</param>
/// <param name="LoadPublisher">Index of the publisher.</param>
/// <param name="Number">Counts the messages of this publisher to this token, from 0.</param>
/// <param name="Sent">Timestamp of <see cref="System.Diagnostics.Stopwatch"/> when it was written.</param>
/// <param name="Token">Index of the token.</param>
internal readonly record struct MessageHead(bool IsProbe, uint Run, int LoadPublisher, uint Number, long Sent, int Token)
{
    public const int Length = 2 + 8 + 8 + 8 + 16 + 8;

    private const ulong Letters = 0x4141414141414141;

    /// <param name="message">At least <see cref="Length"/> bytes.</param>
    public void Write(Span<byte> message)
    {
        message[0] = (byte)'K';
        message[1] = (byte)(IsProbe ? 'P' : 'M');
        Write(message[2..], Run);
        Write(message[10..], (uint)LoadPublisher);
        Write(message[18..], Number);
        Write(message[26..], (uint)(Sent >> 32));
        Write(message[34..], (uint)Sent);
        Write(message[42..], (uint)Token);
    }

    /// <returns>False when this is not such a message.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out MessageHead head)
    {
        head = default;
        if (message.Length < Length || message[0] != 'K' || message[1] is not ((byte)'M' or (byte)'P'))
            return false;
        ulong wrong = 0;
        uint run = Read(message[2..], ref wrong);
        uint publisher = Read(message[10..], ref wrong);
        uint number = Read(message[18..], ref wrong);
        ulong sent = (ulong)Read(message[26..], ref wrong) << 32 | Read(message[34..], ref wrong);
        uint token = Read(message[42..], ref wrong);
        head = new MessageHead(message[1] == 'P', run, (int)publisher, number, (long)sent, (int)token);
        return wrong == 0;
    }

    private static void Write(Span<byte> at, uint value)
    {
        // Each step moves the upper half of what is together to its place, until every four bits have a byte of their own.
        ulong bits = value;
        bits = (bits | bits << 16) & 0x0000FFFF0000FFFF;
        bits = (bits | bits << 8) & 0x00FF00FF00FF00FF;
        bits = (bits | bits << 4) & 0x0F0F0F0F0F0F0F0F;
        BinaryPrimitives.WriteUInt64BigEndian(at, bits + Letters);
    }

    private static uint Read(ReadOnlySpan<byte> at, ref ulong wrong)
    {
        ulong bits = BinaryPrimitives.ReadUInt64BigEndian(at) - Letters;
        wrong |= bits & 0xF0F0F0F0F0F0F0F0;
        bits = (bits | bits >> 4) & 0x00FF00FF00FF00FF;
        bits = (bits | bits >> 8) & 0x0000FFFF0000FFFF;
        return (uint)(bits | bits >> 16);
    }
}
