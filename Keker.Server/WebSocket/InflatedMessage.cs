using System.Buffers;
using System.Text.Unicode;
using Keker.Protocol.Deflate;
using Keker.Protocol.WebSocket;

namespace Keker.Server.WebSocket;

/// <summary>Inflates compressed messages (RFC 7692), with all their checks. Stateless, thread-safe.</summary>
internal static class InflatedMessage
{
    /// <summary>Inflates a message.</summary>
    /// <param name="opCode">Text is checked for UTF-8.</param>
    /// <param name="deflated">The payload as it came.</param>
    /// <param name="mostBytes">The most bytes it may have.</param>
    /// <param name="inflated">Gets the message.</param>
    /// <returns>The code to close with; 0 where all is well.</returns>
    public static (ushort Code, ReadOnlyMemory<byte> Reason) Inflate(
        OpCode opCode, ReadOnlyMemory<byte> deflated, int mostBytes, MessageBuffer inflated) =>
        Inflater.Inflate(new ReadOnlySequence<byte>(deflated), mostBytes, inflated) switch
        {
            InflateStatus.TooBig => (CloseCode.MessageTooBig, CloseReasons.TooBig),
            InflateStatus.Invalid => (CloseCode.InvalidPayload, CloseReasons.NotDeflated),
            _ when opCode == OpCode.Text && !Utf8.IsValid(inflated.Written.Span) => (CloseCode.InvalidPayload, CloseReasons.NotUtf8),
            _ => default,
        };
}
