using System.Net.Sockets;

namespace Keker.Benchmarks.Common.Proxy;

/// <summary>One connection through the proxy: passes everything on until it is cut.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProxyLink(Socket client, Socket server, CutTotals totals)
{
    private const int BufferBytes = 16 << 10;

    /// <summary>Level and option of TCP_INFO, which begins with the state; its value for a connection that nobody has ended.</summary>
    private const int Tcp = 6;
    private const int TcpInfo = 11;
    private const byte Established = 1;

    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isCut;
    private volatile bool _takesAll;
    private volatile Task _holding = Task.CompletedTask;

    /// <summary>Whether the server still holds its side for a connection, and nobody has told it otherwise.</summary>
    public bool IsOpenAtServer
    {
        get
        {
            Span<byte> info = stackalloc byte[8];
            try
            {
                return server.GetRawSocketOption(Tcp, TcpInfo, info) > 0 && info[0] == Established;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>Passes on until both sides have ended, or until it was cut and nothing of it is held any more.</summary>
    public async Task RunAsync()
    {
        await Task.WhenAll(PumpAsync(client, server, toClient: false), PumpAsync(server, client, toClient: true));
        if (_isCut)
        {
            await _holding;
            return;
        }
        client.Dispose();
        server.Dispose();
    }

    /// <summary>Breaks it.</summary>
    /// <param name="kind">How.</param>
    /// <param name="takesAll">Whether what the server still sends is read and dropped, or stays where it is.</param>
    /// <param name="held">How long the server's side is held, where it is; then it is reset.</param>
    public void Cut(CutKind kind, bool takesAll, TimeSpan held)
    {
        _takesAll = takesAll;
        if (kind != CutKind.Reset)
            _holding = HoldAsync(held);
        _isCut = true;
        totals.ByKind[(int)kind].Increment();
        if (kind == CutKind.Reset)
        {
            Reset(server);
            Reset(client);
            return;
        }
        if (kind == CutKind.HalfOpen)
            client.Dispose();
    }

    /// <summary>Ends what is still held.</summary>
    public void Release() => _released.TrySetResult();

    private async Task HoldAsync(TimeSpan held)
    {
        await _released.Task.WaitAsync(held).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_released.Task.IsCompleted)
            (IsOpenAtServer ? totals.HeldToTheEnd : totals.EndedByServer).Increment();
        Reset(server);
        Reset(client);
    }

    private async Task PumpAsync(Socket from, Socket to, bool toClient)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            while (true)
            {
                int count = await from.ReceiveAsync(buffer);
                if (_isCut)
                {
                    if (toClient && _takesAll && count > 0)
                        continue;
                    return;
                }
                if (count == 0)
                    break;
                for (int sent = 0; sent < count && !_isCut;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }
            if (!_isCut)
                to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side is gone: so is the other, unless it is held.
            if (!_isCut)
            {
                Reset(to);
                Reset(from);
            }
            else if (toClient && _takesAll && to == client && IsOpenAtServer)
            {
                await DropAsync(from, buffer);
            }
        }
    }

    /// <summary>The client's side was closed in the middle of passing something on: the rest is dropped from here.</summary>
    private static async Task DropAsync(Socket from, byte[] buffer)
    {
        try
        {
            while (await from.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Now the server's side has ended, too.
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
        socket.Dispose();
    }
}
