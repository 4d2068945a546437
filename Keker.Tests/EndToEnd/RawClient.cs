using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Keker.Tests.EndToEnd;

/// <summary>A client that sends exactly the bytes it is given, over TCP, a Unix socket or TLS, and reads what comes back.</summary>
/// <remarks>Texts are sent as Latin-1: one character, one byte.</remarks>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly Stream _output;
    private readonly BufferedStream _input;

    private RawClient(Socket socket, Stream stream)
    {
        _socket = socket;
        _output = stream;
        _input = new BufferedStream(stream, 64 << 10);
    }

    /// <summary>Takes over a connected socket.</summary>
    public static RawClient Over(Socket socket) => new(socket, new NetworkStream(socket, ownsSocket: true));

    /// <param name="endPoint">Where to connect.</param>
    /// <param name="receiveBuffer">Bytes that the kernel may hold for a reader that does not read; 0 leaves it to the kernel.</param>
    public static async Task<RawClient> ConnectAsync(EndPoint endPoint, int receiveBuffer = 0)
    {
        Socket socket = await ConnectSocketAsync(endPoint, receiveBuffer);
        return Over(socket);
    }

    /// <param name="endPoint">Where to connect.</param>
    /// <param name="certificate">The one certificate that is accepted.</param>
    /// <param name="before">What is sent before TLS begins.</param>
    public static async Task<RawClient> ConnectTlsAsync(EndPoint endPoint, TestCertificate certificate, byte[]? before = null)
    {
        Socket socket = await ConnectSocketAsync(endPoint, receiveBuffer: 0);
        await socket.SendAsync(before ?? []);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await tls.AuthenticateAsClientAsync(certificate.ClientOptions).Soon("the TLS handshake");
            return new RawClient(socket, tls);
        }
        catch (Exception)
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public Task SendAsync(byte[] bytes) => _output.WriteAsync(bytes).AsTask().Soon("the server to take what is sent");

    /// <summary>Sends a request with a body of text and its length.</summary>
    public Task SendAsync(string method, string path, string body, params string[] headers)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        return SendAsync([.. Encoding.UTF8.GetBytes(Head(method, path, [$"Content-Length: {bytes.Length}", .. headers])), .. bytes]);
    }

    public static string Head(string method, string path, params string[] headers) =>
        $"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";

    /// <summary>Tells the server that nothing more will be sent.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads one answer.</summary>
    /// <param name="toHead">True when the request was HEAD, whose answer has a length and no body.</param>
    public async Task<RawResponse> ReadResponseAsync(bool toHead = false)
    {
        string[] status = (await ReadLineAsync()).Split(' ', 3);
        Assert.That(status[0], Is.EqualTo("HTTP/1.1"));
        var headers = new List<(string Name, string Value)>();
        while (await ReadLineAsync() is { Length: > 0 } line)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add((line[..colon], line[(colon + 1)..].Trim()));
        }
        ILookup<string, string> byName = headers.ToLookup(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase);
        int length = int.Parse(byName["Content-Length"].SingleOrDefault("0"), null);
        return new RawResponse(int.Parse(status[1], null), byName, toHead ? [] : await ReadExactlyAsync(length));
    }

    public async Task<byte[]> ReadExactlyAsync(int length)
    {
        byte[] bytes = new byte[length];
        await _input.ReadExactlyAsync(bytes).Soon($"{length} bytes");
        return bytes;
    }

    /// <summary>Reads one byte, or -1 at the end of the connection, orderly or not.</summary>
    public async Task<int> ReadByteAsync()
    {
        byte[] one = new byte[1];
        try
        {
            return await _input.ReadAsync(one).Soon("a byte or the end") == 0 ? -1 : one[0];
        }
        catch (IOException)
        {
            return -1;
        }
    }

    /// <summary>Waits for the end of the connection, which has to come without a further byte and without a reset.</summary>
    public async Task ExpectEndAsync()
    {
        byte[] rest = new byte[1024];
        int count = await _input.ReadAsync(rest).Soon("the end of the connection");
        Assert.That(Encoding.Latin1.GetString(rest, 0, count), Is.Empty, "bytes after the last answer");
    }

    /// <summary>Reads to the end, however it comes, and drops everything.</summary>
    public async Task DrainAsync()
    {
        byte[] dropped = new byte[64 << 10];
        try
        {
            while (await _input.ReadAsync(dropped).Soon("the end of the connection") > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset ends it as well.
        }
    }

    public ValueTask DisposeAsync() => _output.DisposeAsync();

    private static async Task<Socket> ConnectSocketAsync(EndPoint endPoint, int receiveBuffer)
    {
        bool isTcp = endPoint is IPEndPoint;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, isTcp ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            if (isTcp)
                socket.NoDelay = true;
            if (receiveBuffer > 0)
                socket.ReceiveBufferSize = receiveBuffer;
            await socket.ConnectAsync(endPoint).Soon("the connection");
            return socket;
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        while (true)
        {
            int next = await ReadByteAsync();
            if (next < 0)
                throw new EndOfStreamException($"the connection ended after '{line}'");
            line.Append((char)next);
            if (line.Length >= 2 && line[^2] == '\r' && line[^1] == '\n')
                return line.ToString(0, line.Length - 2);
        }
    }
}
