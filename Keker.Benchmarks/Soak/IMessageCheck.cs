using System.Net.WebSockets;

namespace Keker.Benchmarks.Soak;

/// <summary>Verifies what a session receives. For one reader.</summary>
internal interface IMessageCheck
{
    /// <returns>True for a message of its own token.</returns>
    bool Saw(ReadOnlySpan<byte> message, WebSocketMessageType type);
}
