using System.Buffers.Binary;
using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Tests.Protocol.Deflate;

namespace Keker.Tests.EndToEnd;

/// <summary>A frame as the server sent it.</summary>
internal sealed record ServerFrame(OpCode OpCode, byte[] Payload, bool IsDeflated = false)
{
    /// <summary>The payload, inflated if it has to be.</summary>
    public byte[] Message => IsDeflated ? Deflated.InflateByPlatform(Payload) ?? throw new InvalidDataException("it does not inflate") : Payload;

    public string Text => Encoding.UTF8.GetString(Message);

    /// <summary>The code of a Close frame; 0 when it has none.</summary>
    public int CloseCode => Payload.Length == 0 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(Payload);

    /// <summary>The reason of a Close frame.</summary>
    public string CloseReason => Encoding.UTF8.GetString(Payload.AsSpan(2));
}
