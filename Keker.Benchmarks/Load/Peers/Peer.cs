using System.Diagnostics;
using System.Text;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Load.Peers;

/// <summary>A broker that can be measured: how it is started and spoken to. What is not overridden is Keker's own API.</summary>
internal abstract class Peer
{
    private const string Key = "a2VrZXIgYmVuY2htYXJrIQ==";

    /// <summary>What a server has to answer to the handshakes made here (RFC 6455 4.2.2).</summary>
    public static readonly string Accept = MakeAccept();

    public abstract string Name { get; }

    /// <summary>Why it cannot be started here, or null.</summary>
    public abstract string? Missing { get; }

    /// <summary>The byte that ends a message, or -1 when the WebSocket message is the message.</summary>
    public virtual int EndOfMessage => -1;

    /// <summary>The command that serves on this port of 127.0.0.1.</summary>
    /// <param name="port">A free one.</param>
    /// <param name="connections">How many there will be.</param>
    /// <param name="folder">An empty folder, removed when the server has ended.</param>
    public abstract ProcessStartInfo Command(int port, int connections, string folder);

    /// <summary>The head of the handshake.</summary>
    public string SubscribeHead(string host, string token) =>
        $"GET {SubscribeTarget(token)} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n\r\n";

    /// <summary>The head of a request that publishes so many bytes of text.</summary>
    public virtual string PublishHead(string host, string token, int length) =>
        $"PUT /v1/publish HTTP/1.1\r\nHost: {host}\r\nToken: {token}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n";

    /// <summary>Text messages that subscribe, sent after the handshake.</summary>
    public virtual IEnumerable<string> Hello(string token) => [$"HELLO {token}"];

    /// <summary>Takes from a message what wraps the published body.</summary>
    /// <returns>False when it carries none.</returns>
    public virtual bool TryGetBody(ref ReadOnlySpan<byte> message) => true;

    protected virtual string SubscribeTarget(string token) => "/v1/subscribe";

    private static string MakeAccept()
    {
        byte[] accept = new byte[AcceptKey.AcceptLength];
        AcceptKey.Write(Encoding.ASCII.GetBytes(Key), accept);
        return Encoding.ASCII.GetString(accept);
    }
}
