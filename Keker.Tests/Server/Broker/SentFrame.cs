using System.Text;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Server.Broker;

/// <summary>One frame as a client would read it: the payload is inflated.</summary>
internal sealed record SentFrame(OpCode OpCode, byte[] Payload, bool IsDeflated = false)
{
    public bool IsMessage => OpCode is OpCode.Text or OpCode.Binary;

    public string Text => Encoding.UTF8.GetString(Payload);

    public int CloseCode => OpCode == OpCode.Close && Payload.Length >= 2 ? Payload[0] << 8 | Payload[1] : 0;
}
