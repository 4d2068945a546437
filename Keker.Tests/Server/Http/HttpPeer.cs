using System.Net.Sockets;
using System.Text;
using Keker.Server.Http;
using Keker.Server.Net;
using Keker.Tests.EndToEnd;
using Keker.Tests.Server.Net;

namespace Keker.Tests.Server.Http;

/// <summary>One HTTP connection of a test server, and the client at its other end.</summary>
internal sealed class HttpPeer : IAsyncDisposable
{
    private readonly SocketPair _sockets = SocketPair.Create();
    private readonly TestServer _server;
    private readonly Connection _connection;
    private readonly HttpSession _session;
    private readonly Task<Upgrade> _run;

    public HttpPeer(TestServer server)
    {
        _server = server;
        _connection = new Connection(new EngineSocket(_sockets.Server), isAdmin: false, server.Context.Clock, server.Context.Input);
        Assert.That(_connection.TryCountStranger() && server.Connections.TryAdd(_connection));
        _session = new HttpSession(_connection, new HttpServer(server.Context));
        _run = _session.RunAsync();
    }

    public bool IsStranger => _connection.IsStranger;

    /// <summary>Sends, and waits until the server has it all.</summary>
    public async Task SendAsync(string text)
    {
        uint target = _session.Received + (uint)text.Length;
        await SendOnlyAsync(text);
        using var timeout = new CancellationTokenSource(Patience.Limit);
        while (_session.Received != target)
            await Task.Delay(1, timeout.Token);
    }

    public async Task SendOnlyAsync(string text)
    {
        ReadOnlyMemory<byte> bytes = Encoding.ASCII.GetBytes(text);
        while (bytes.Length > 0)
            bytes = bytes[await _sockets.Client.SendAsync(bytes, SocketFlags.None).AsTask().Soon("the server to take what is sent")..];
    }

    public void Beat() => _session.OnHeartbeat(_server.Context.Clock.Now);

    public void FinishSending() => _sockets.Client.Shutdown(SocketShutdown.Send);

    public async Task<string> ReadAsync()
    {
        byte[] buffer = new byte[4096];
        int count = await _sockets.Client.ReceiveAsync(buffer, SocketFlags.None).Soon("an answer");
        return Encoding.ASCII.GetString(buffer, 0, count);
    }

    /// <summary>What there is to read now.</summary>
    public bool HasAnswer => _sockets.Client.Available > 0;

    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        while (await ReadAsync() is { Length: > 0 } piece)
            text.Append(piece);
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Abort();
        await _run.Soon("the session to end");
        _connection.UncountStranger();
        _server.Connections.Remove(_connection);
        await _connection.DisposeAsync();
        _sockets.Dispose();
    }
}
