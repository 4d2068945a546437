using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Load.Framing;

/// <summary>Small frames of a client; they are masked (RFC 6455 5.3).</summary>
internal static class ClientFrames
{
    private const int MaxPayload = ushort.MaxValue;

    /// <exception cref="ArgumentOutOfRangeException">The payload is longer than 65535 bytes.</exception>
    public static byte[] Make(OpCode opCode, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, MaxPayload, nameof(payload));
        bool isShort = payload.Length < 126;
        int head = isShort ? 2 : 4;
        byte[] frame = new byte[head + sizeof(uint) + payload.Length];
        frame[0] = (byte)(0x80 | (int)opCode);
        frame[1] = (byte)(0x80 | (isShort ? payload.Length : 126));
        if (!isShort)
            (frame[2], frame[3]) = ((byte)(payload.Length >> 8), (byte)payload.Length);
        uint key = (uint)Random.Shared.NextInt64();
        BitConverter.TryWriteBytes(frame.AsSpan(head), key);
        Masking.Apply(payload, frame.AsSpan(head + sizeof(uint)), key, 0);
        return frame;
    }
}
