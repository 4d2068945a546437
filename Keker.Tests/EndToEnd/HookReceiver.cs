using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keker.Tests.EndToEnd;

/// <summary>The backend's end of the hooks: a small HTTP server that can be killed and started again on its port.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly Func<byte[], string?, Task<int>> _take;
    private readonly IPEndPoint _endPoint;
    private readonly SemaphoreSlim _one = new(1);
    private readonly List<(Socket Socket, Task Run)> _connections = [];
    private Socket? _listener;
    private Task _run = Task.CompletedTask;

    /// <param name="take">Gets each body with its signature, one at a time, and says the status of the answer.</param>
    public HookReceiver(Func<byte[], string?, Task<int>> take)
    {
        _take = take;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        _endPoint = (IPEndPoint)probe.LocalEndpoint;
    }

    public string Url => $"http://{_endPoint}/hooks";

    public void Start()
    {
        _listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        _listener.Bind(_endPoint);
        _listener.Listen();
        _run = AcceptAsync(_listener);
    }

    /// <summary>Ends it at once, in the middle of a request maybe: what is not answered never is.</summary>
    public async Task KillAsync()
    {
        _listener?.Dispose();
        await _run.Soon("the receiver to end");
        foreach ((Socket socket, Task run) in _connections)
        {
            socket.Close(0);
            await run.Soon("a connection to end");
        }
        _connections.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _one.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                Socket socket = await listener.AcceptAsync();
                _connections.Add((socket, ServeAsync(socket)));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // It was killed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            while (await ReadHeadAsync(stream) is { } head)
            {
                byte[] body = new byte[int.Parse(FieldOf(head, "Content-Length")!, CultureInfo.InvariantCulture)];
                await stream.ReadExactlyAsync(body);
                await _one.WaitAsync();
                int status;
                try
                {
                    status = await _take(body, FieldOf(head, "X-Keker-Signature"));
                }
                finally
                {
                    _one.Release();
                }
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n"));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // Either end was killed.
        }
    }

    private static async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        List<byte> head = [];
        byte[] next = new byte[1];
        while (head is not [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'])
        {
            if (await stream.ReadAsync(next) == 0)
                return null;
            head.Add(next[0]);
        }
        return Encoding.ASCII.GetString([.. head]);
    }

    private static string? FieldOf(string head, string name)
    {
        string? line = Array.Find(head.Split("\r\n"), line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase));
        return line?[(name.Length + 2)..];
    }
}
