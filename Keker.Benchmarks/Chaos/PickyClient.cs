using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>
/// A client with a read limit: it closes with 1009 where a message is longer, and comes back. It has to get everything else. Nothing cuts it.
/// </summary>
/// <param name="server">What it connects to.</param>
/// <param name="totals">Where findings go.</param>
/// <param name="chaos">Where its closes are counted.</param>
/// <param name="check">Verifies what it gets, and says what it says.</param>
internal sealed class PickyClient(EndPoint server, Totals totals, ChaosTotals chaos, DeliveryCheck check)
{
    /// <summary>Bytes of the longest message that it takes.</summary>
    public const int MostBytes = 4 << 10;

    /// <summary>For the server's Close after its own.</summary>
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private volatile Session? _session;
    private volatile bool _isAway;
    private volatile bool _isOver;
    private Task _running = Task.CompletedTask;
    private int _connections;

    public bool HasEverything => check.HasEverything;

    /// <summary>Connects, and comes back until it is told to leave.</summary>
    public async Task JoinAsync()
    {
        await ConnectAsync();
        _running = Task.Run(RunAsync);
    }

    /// <summary>Stays away while the server is started again: what it misses by that it misses by right.</summary>
    public async Task StayAwayAsync()
    {
        _isAway = true;
        await EndAsync();
        check.Restart(mayMiss: true);
        _isAway = false;
    }

    /// <summary>Counts what has not come, and leaves.</summary>
    public async Task LeaveAsync()
    {
        check.End();
        _isOver = true;
        await EndAsync();
    }

    private async Task EndAsync()
    {
        _session?.Abort();
        await _running.WaitAsync(Soak.Load.Patience);
    }

    private async Task RunAsync()
    {
        do
        {
            using (Session session = _session!)
            {
                if (_isAway || _isOver)
                    return;
                while ((await session.ReadAsync(check)).Open)
                {
                }
                if (_isAway || _isOver)
                    return;
                if (session.HasChoked)
                    chaos.Choked.Increment();
                else
                    totals.Find(totals.Broken, $"{check}: the server closed it with {session.CloseStatus?.ToString() ?? "nothing"}");
                using var patience = new CancellationTokenSource(CloseTime);
                await session.DropAsync(patience.Token);
            }
            await Task.Delay(Pause);
        }
        while (await TryReconnectAsync());
    }

    /// <returns>False when it has to stay away.</returns>
    private async Task<bool> TryReconnectAsync()
    {
        while (!_isAway && !_isOver)
        {
            try
            {
                await ConnectAsync();
                return true;
            }
            catch (Exception e) when (e is SocketException or IOException or WebSocketException or InvalidDataException or TimeoutException)
            {
                if (!_isAway && !_isOver)
                    totals.Find(totals.Broken, $"{check}: could not connect again: {e.Message}");
                await Task.Delay(Pause);
            }
        }
        return false;
    }

    private async Task ConnectAsync()
    {
        Session session = await Session.ConnectRawAsync(server, subProtocol: check.SubProtocol, mostBytes: MostBytes);
        check.Begin($"connection {_connections++} after a Close 1009");
        foreach (string command in check.Commands)
            await session.SayAsync(command);
        _session = session;
    }
}
