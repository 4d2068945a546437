using System.Buffers.Text;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Keker.Benchmarks.Common;

/// <summary>A TCP connection on which exactly the given bytes go out, below TLS where the server speaks it. For one task.</summary>
internal sealed class Wire : IDisposable
{
    /// <summary>The longest wait for a connection.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly byte[] _input = new byte[16 << 10];
    private int _start;
    private int _end;

    private Wire(Socket socket, Stream stream)
    {
        Socket = socket;
        Stream = stream;
    }

    public Socket Socket { get; }

    public Stream Stream { get; }

    /// <param name="server">Where to connect.</param>
    /// <param name="receiveBuffer">Bytes that the kernel may hold for a reader that does not read; 0 leaves it to the kernel.</param>
    public static async Task<Wire> ConnectAsync(EndPoint server, int receiveBuffer = 0)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (receiveBuffer > 0)
                socket.ReceiveBufferSize = receiveBuffer;
            await socket.ConnectAsync(server).WaitAsync(Patience);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            return new Wire(socket, server is TlsEndPoint tls ? await SecureAsync(stream, tls) : stream);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => Stream.WriteAsync(bytes);

    public ValueTask SendAsync(string latin1) => SendAsync(Encoding.Latin1.GetBytes(latin1));

    /// <summary>Reads the head of an answer, up to and without the empty line.</summary>
    public async Task<string> ReadHeadAsync()
    {
        int length;
        while ((length = _input.AsSpan(_start.._end).IndexOf("\r\n\r\n"u8)) < 0)
            await FillAsync();
        string head = Encoding.Latin1.GetString(_input, _start, length);
        _start += length + 4;
        return head;
    }

    /// <summary>Reads an answer with a Content-Length.</summary>
    public async Task<HttpAnswer> ReadAnswerAsync()
    {
        string head = await ReadHeadAsync();
        const string field = "\r\nContent-Length: ";
        int at = head.IndexOf(field, StringComparison.OrdinalIgnoreCase);
        if (at < 0 || !Utf8Parser.TryParse(Encoding.Latin1.GetBytes(head[(at + field.Length)..]), out int length, out _))
            throw new InvalidDataException($"an answer without a length: {head}");
        while (_end - _start < length)
            await FillAsync();
        string body = Encoding.UTF8.GetString(_input, _start, length);
        _start += length;
        return new HttpAnswer(head.Split(' ', 3)[1], body);
    }

    /// <summary>Reads and drops everything until the connection ends, orderly or not.</summary>
    /// <returns>What came first.</returns>
    public async Task<string> ReadToEndAsync()
    {
        string first = "";
        try
        {
            for (int count; (count = await Stream.ReadAsync(_input)) > 0;)
            {
                if (first.Length == 0)
                    first = Encoding.Latin1.GetString(_input, 0, count);
            }
        }
        catch (IOException)
        {
            // A reset ends it as well.
        }
        return first;
    }

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Dispose();
    }

    public void Dispose() => Stream.Dispose();

    private static async Task<Stream> SecureAsync(Stream stream, TlsEndPoint server)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "keker",
                RemoteCertificateValidationCallback = server.Accepts,
            }).WaitAsync(Patience);
        }
        catch (AuthenticationException e)
        {
            throw new IOException($"the TLS handshake failed: {e.Message}", e);
        }
        return tls;
    }

    private async ValueTask FillAsync()
    {
        if (_start > 0)
        {
            _input.AsSpan(_start.._end).CopyTo(_input);
            _end -= _start;
            _start = 0;
        }
        int count = _end == _input.Length ? 0 : await Stream.ReadAsync(_input.AsMemory(_end));
        if (count == 0)
            throw new EndOfStreamException("the connection ended where an answer should come");
        _end += count;
    }
}
