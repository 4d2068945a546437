using System.Buffers.Binary;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

/// <summary>Encodes frames as a client would, right or wrong, with plain loops that share nothing with the code under test.</summary>
internal static class ClientFrame
{
    public static readonly byte[] DefaultKey = [0x37, 0xFA, 0x21, 0x3D];

    /// <summary>A frame whose every field can be wrong.</summary>
    /// <param name="first">The first byte: FIN, reserved bits, opcode.</param>
    /// <param name="payload">Not masked yet.</param>
    /// <param name="masked">Whether to set the mask bit, write the key and mask.</param>
    /// <param name="lengthBytes">0, 2 or 8 bytes of length after the second byte; -1 chooses the shortest.</param>
    /// <param name="announced">The length to write if it is not the payload's.</param>
    /// <param name="key">The masking key.</param>
    public static byte[] Raw(
        byte first, ReadOnlySpan<byte> payload, bool masked = true, int lengthBytes = -1, ulong? announced = null, byte[]? key = null)
    {
        ulong length = announced ?? (ulong)payload.Length;
        if (lengthBytes < 0) lengthBytes = length < 126 ? 0 : length < 65536 ? 2 : 8;
        key ??= DefaultKey;
        byte mask = (byte)(masked ? 0x80 : 0);

        var bytes = new List<byte> { first };
        Span<byte> buffer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(buffer, length);
        bytes.Add((byte)(mask | (lengthBytes == 0 ? (byte)length : lengthBytes == 2 ? 126 : 127)));
        bytes.AddRange(buffer[(8 - lengthBytes)..]);
        if (masked) bytes.AddRange(key);
        for (int i = 0; i < payload.Length; i++)
            bytes.Add((byte)(masked ? payload[i] ^ key[i % 4] : payload[i]));
        return [.. bytes];
    }

    public static byte[] Of(OpCode opCode, ReadOnlySpan<byte> payload, bool final = true, byte[]? key = null) =>
        Raw((byte)((final ? 0x80 : 0) | (byte)opCode), payload, key: key);

    public static byte[] Of(OpCode opCode, string payload, bool final = true) =>
        Of(opCode, System.Text.Encoding.UTF8.GetBytes(payload), final);

    public static byte[] Close(int code, string reason = "") =>
        Of(OpCode.Close, [(byte)(code >> 8), (byte)code, .. System.Text.Encoding.UTF8.GetBytes(reason)]);

    public static byte[] Join(params byte[][] frames) => [.. frames.SelectMany(frame => frame)];
}
