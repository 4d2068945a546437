using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Keker.Server.Net;

/// <summary>Connections that are opened from here, for the sub-commands. Stateless, thread-safe.</summary>
internal static class Dial
{
    /// <summary>Connects to a host, trying its addresses in turn.</summary>
    /// <exception cref="SocketException">Nobody listens there, or there is no such host.</exception>
    public static Task<Stream> ConnectAsync(string host, int port, CancellationToken cancellation) =>
        ConnectAsync(new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, new DnsEndPoint(host, port), cancellation);

    /// <summary>Connects to a Unix socket.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static Task<Stream> ConnectAsync(string path, CancellationToken cancellation) =>
        ConnectAsync(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(path), cancellation);

    /// <summary>TLS over a connection, with a certificate that the system trusts (SSL_CERT_FILE and SSL_CERT_DIR name others).</summary>
    /// <param name="stream">The connection; closed with what is returned, and where this fails.</param>
    /// <param name="host">Whose certificate it has to be.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="System.Security.Authentication.AuthenticationException">It is not trusted, or is somebody else's.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="StartException">There is no OpenSSL.</exception>
    public static async Task<Stream> SecureAsync(Stream stream, string host, CancellationToken cancellation)
    {
        OpenSsl.Require("TLS");
        var secure = new SslStream(stream);
        try
        {
            var options = new SslClientAuthenticationOptions { TargetHost = host, ApplicationProtocols = [SslApplicationProtocol.Http11] };
            await secure.AuthenticateAsClientAsync(options, cancellation).ConfigureAwait(false);
            return secure;
        }
        catch (Exception)
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<Stream> ConnectAsync(Socket socket, EndPoint endPoint, CancellationToken cancellation)
    {
        try
        {
            await socket.ConnectAsync(endPoint, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }
}
