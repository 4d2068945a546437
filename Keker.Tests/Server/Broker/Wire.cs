using System.Buffers.Binary;
using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.Deflate;

namespace Keker.Tests.Server.Broker;

/// <summary>Reads frames as a server sends them (RFC 6455 5.2): whole, unmasked. Anything else means that frames ran into each other.</summary>
internal static class Wire
{
    /// <param name="bytes">Everything a client has received.</param>
    /// <param name="cutBytes">Bytes of a last frame that is not whole.</param>
    /// <param name="mayBeDeflated">Whether the client has negotiated compression.</param>
    public static List<SentFrame> Decode(ReadOnlySpan<byte> bytes, out int cutBytes, bool mayBeDeflated = false)
    {
        List<SentFrame> frames = [];
        while (TryDecode(bytes, mayBeDeflated, out SentFrame? frame, out int length))
        {
            if (frames.Count > 0 && frames[^1].OpCode == OpCode.Close)
                throw new InvalidOperationException("A frame follows a Close.");
            frames.Add(frame!);
            bytes = bytes[length..];
        }
        cutBytes = bytes.Length;
        return frames;
    }

    private static bool TryDecode(ReadOnlySpan<byte> bytes, bool mayBeDeflated, out SentFrame? frame, out int length)
    {
        frame = null;
        length = 0;
        if (bytes.Length < 2)
            return false;
        var opCode = (OpCode)(bytes[0] & 0x0F);
        bool isKnown = opCode is OpCode.Text or OpCode.Binary or OpCode.Ping or OpCode.Pong or OpCode.Close;
        bool isDeflated = mayBeDeflated && opCode is (OpCode.Text or OpCode.Binary) && (bytes[0] & 0x40) != 0;
        if ((bytes[0] & 0xF0) != (isDeflated ? 0xC0 : 0x80) || !isKnown || bytes[1] > 127)
            throw new InvalidOperationException($"No frame begins with {bytes[0]:X2} {bytes[1]:X2}: frames interleave.");
        int header = bytes[1] switch { 126 => 4, 127 => 10, _ => 2 };
        if (bytes.Length < header)
            return false;
        long payload = header switch
        {
            4 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            10 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => bytes[1],
        };
        if (payload > bytes.Length - header)
            return false;
        length = header + (int)payload;
        byte[] sent = bytes[header..length].ToArray();
        frame = new SentFrame(opCode, isDeflated ? Deflated.InflateByPlatform(sent)! : sent, isDeflated);
        return true;
    }
}
