using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>Serves one page with one script on a loopback port, so that the page has an origin like any other.</summary>
internal sealed class BrowserPageServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _answer;

    public BrowserPageServer(string script)
    {
        string page = $"<!doctype html><meta charset=utf-8><title>Keker</title><script>{script}</script>";
        _answer = Encoding.UTF8.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {Encoding.UTF8.GetByteCount(page)}\r\nConnection: close\r\n\r\n{page}");
        _listener.Start();
        _ = ServeAsync();
    }

    /// <summary>The address of the page without a path, which is its origin.</summary>
    public string Origin => $"http://{_listener.LocalEndpoint}";

    public Uri Url => new(Origin);

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            // The head is not looked at: whatever is asked for, this is the answer.
            NetworkStream stream = client.GetStream();
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
            }
            await stream.WriteAsync(_answer);
        }
    }
}
