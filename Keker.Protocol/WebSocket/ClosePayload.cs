using System.Buffers.Binary;
using System.Text.Unicode;

namespace Keker.Protocol.WebSocket;

/// <summary>The payload of a Close frame: nothing, or a 16-bit code and a reason in UTF-8 (RFC 6455 5.5.1).</summary>
internal static class ClosePayload
{
    /// <summary>Reads an unmasked payload that is not one byte long.</summary>
    /// <param name="payload">0, or 2 to 125 bytes.</param>
    /// <param name="code">The code, or <see cref="CloseCode.NoStatus"/> when the payload is empty.</param>
    /// <returns>The broken rule, or <see cref="FrameFailure.None"/>.</returns>
    public static FrameFailure Read(ReadOnlySpan<byte> payload, out ushort code)
    {
        code = CloseCode.NoStatus;
        if (payload.IsEmpty) return FrameFailure.None;

        code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!CloseCode.IsValidOnWire(code)) return FrameFailure.CloseCodeInvalid;
        return Utf8.IsValid(payload[sizeof(ushort)..]) ? FrameFailure.None : FrameFailure.CloseReasonNotUtf8;
    }
}
