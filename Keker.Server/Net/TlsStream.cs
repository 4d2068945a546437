using System.Net.Security;

namespace Keker.Server.Net;

/// <summary>TLS over a socket, which remembers what it is over: a connection then has one stream, whichever it is.</summary>
internal sealed class TlsStream(SocketStream plain) : SslStream(plain, leaveInnerStreamOpen: true)
{
    /// <summary>The stream below.</summary>
    public SocketStream Plain => (SocketStream)InnerStream;
}
