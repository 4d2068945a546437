using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Keker.Tests.EndToEnd.Signed;

/// <summary>A backend that kekerd asks: an HTTP server on a free loopback port that answers what it is told to, good or bad, or nothing at all.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private int _open;

    /// <param name="answer">Makes the whole answer of the body of a request; null hangs.</param>
    /// <param name="certificate">Where it speaks TLS.</param>
    /// <param name="port">0 for a free one.</param>
    public StubServer(Func<string, string?> answer, X509Certificate2? certificate = null, int port = 0)
    {
        Answer = answer;
        _certificate = certificate;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _run = RunAsync();
    }

    /// <summary>Makes the whole answer of the body of a request; null hangs.</summary>
    public Func<string, string?> Answer { get; set; }

    /// <summary>What has been asked.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Requests that were open at one time at the most.</summary>
    public int MostOpen { get; private set; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"{(_certificate is null ? "http" : "https")}://localhost:{Port}/ask";

    /// <summary>An answer with a body.</summary>
    public static string Ok(string body, string headers = "") => $"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}";

    /// <summary>An answer without.</summary>
    public static string Status(int status, string headers = "") => $"HTTP/1.1 {status} x\r\nContent-Length: 0\r\n{headers}\r\n";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _run;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient owned = client;
        try
        {
            Stream stream = client.GetStream();
            if (_certificate is not null)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsServerAsync(_certificate);
                stream = tls;
            }
            using var reader = new StreamReader(stream, Encoding.UTF8);
            while (await ReadAsync(reader) is { } body)
            {
                Asked.Enqueue(body);
                lock (_stop)
                    MostOpen = Math.Max(MostOpen, ++_open);
                try
                {
                    if (Answer(body) is not { } answer)
                    {
                        await Task.Delay(Timeout.Infinite, _stop.Token);
                        return;
                    }
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), _stop.Token);
                }
                finally
                {
                    lock (_stop)
                        _open--;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
        }
    }

    /// <summary>The body of the next request; null at the end.</summary>
    private async Task<string?> ReadAsync(StreamReader reader)
    {
        int length = 0;
        string? line = await reader.ReadLineAsync(_stop.Token);
        if (line is null)
            return null;
        while ((line = await reader.ReadLineAsync(_stop.Token)) is { Length: > 0 })
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(line[15..], System.Globalization.CultureInfo.InvariantCulture);
        }
        char[] body = new char[length];
        if (length > 0)
            await reader.ReadBlockAsync(body, _stop.Token);
        return new string(body);
    }
}
