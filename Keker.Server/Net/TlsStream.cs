using System.Net.Security;

namespace Keker.Server.Net;

/// <summary>TLS over a socket, which remembers what it is over: a connection then has one stream, whichever it is.</summary>
internal sealed class TlsStream(SocketStream plain) : SslStream(plain, leaveInnerStreamOpen: true)
{
    /// <summary>The stream below.</summary>
    public SocketStream Plain => (SocketStream)InnerStream;

    /// <summary>Sends all of it, waiting for room. Never throws.</summary>
    /// <returns>False when the connection is gone.</returns>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await WriteAsync(bytes).ConfigureAwait(false);
            return !Plain.IsBroken;
        }
        catch (Exception e) when (Connection.IsDisconnect(e) || e is InvalidOperationException)
        {
            // It is called an invalid operation to write after the goodbye.
            return false;
        }
    }

    /// <summary>Says that nothing more is sent (RFC 8446 6.1). Never throws for what a peer does.</summary>
    public async Task SayGoodbyeAsync()
    {
        try
        {
            await ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (Connection.IsDisconnect(e))
        {
        }
    }
}
