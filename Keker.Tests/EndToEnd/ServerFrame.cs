using System.Buffers.Binary;
using System.Text;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.EndToEnd;

/// <summary>A frame as the server sent it.</summary>
internal sealed record ServerFrame(OpCode OpCode, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>The code of a Close frame; 0 when it has none.</summary>
    public int CloseCode => Payload.Length == 0 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(Payload);

    /// <summary>The reason of a Close frame.</summary>
    public string CloseReason => Encoding.UTF8.GetString(Payload.AsSpan(2));
}
