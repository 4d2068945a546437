using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Load.Framing;

/// <summary>Frames of a client; they are masked (RFC 6455 5.3).</summary>
internal static class ClientFrames
{
    public static byte[] Make(OpCode opCode, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[ClientFrameWriter.Length(payload.Length)];
        ClientFrameWriter.Write(frame, opCode, payload, (uint)Random.Shared.NextInt64());
        return frame;
    }
}
