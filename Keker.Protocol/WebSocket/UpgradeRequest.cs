using System.Text;

namespace Keker.Protocol.WebSocket;

/// <summary>The request with which a client opens a WebSocket (RFC 6455 4.1). Stateless, thread-safe.</summary>
public static class UpgradeRequest
{
    /// <summary>Makes the request.</summary>
    /// <param name="host">The value of Host: a name or address, and the port where it is not the usual one.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="key24">The 24 bytes of Sec-WebSocket-Key: 16 random bytes in base64.</param>
    /// <param name="subProtocol">The one sub-protocol that is offered.</param>
    /// <param name="userAgent">What the client is.</param>
    /// <exception cref="ArgumentException">A part holds what would end its line.</exception>
    public static byte[] Make(string host, string target, ReadOnlySpan<byte> key24, ReadOnlySpan<byte> subProtocol, string userAgent)
    {
        foreach (string part in (string[])[host, target, userAgent])
        {
            if (part.AsSpan().ContainsAnyInRange('\0', '\u001F'))
                throw new ArgumentException("a part of the request holds a control character");
        }
        string key = Encoding.ASCII.GetString(key24);
        string protocol = Encoding.ASCII.GetString(subProtocol);
        return Encoding.UTF8.GetBytes(
            $"GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {userAgent}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n");
    }
}
