using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Keker.Benchmarks.Common.Proxy;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>
/// A client whose connections are cut one after the other. It reads as fast as it can and answers pings as it reads them (RFC 6455 5.5.2);
/// after a cut it comes back soon.
/// </summary>
/// <param name="server">What it connects to: the proxy, with or without TLS.</param>
/// <param name="proxy">What cuts its connections.</param>
/// <param name="totals">Where findings go.</param>
/// <param name="chaos">Where cuts are counted.</param>
/// <param name="check">Verifies what it gets, and says what it says.</param>
/// <param name="habits">How it is cut.</param>
/// <param name="seed">Makes the times and kinds of its cuts.</param>
internal sealed class ChaosClient(EndPoint server, CuttingProxy proxy, Totals totals, ChaosTotals chaos, DeliveryCheck check, CutHabits habits, int seed)
{
    /// <summary>Milliseconds that connections live; some do not live to see their first message.</summary>
    private const int MostLife = 9000;
    private const int MostShortLife = 400;
    private const int ShortEach = 5;

    /// <summary>Milliseconds until the client is back; some are back at once, and of those whose network fell silent some stay away for long.</summary>
    private const int MostAbsence = 2000;
    private const int AtOnceEach = 4;
    private const int LongEach = 5;

    /// <summary>Milliseconds for which the server's side is held after a cut that it is not told of.</summary>
    private const int LeastHeld = 20_000;
    private const int MostHeld = 30_000;

    private readonly Random _random = new(seed);
    private Session? _session;
    private ProxyLink? _link;
    private Task _reading = Task.CompletedTask;
    private int _connections;
    private string _how = "start";

    /// <summary>How the connection has to end now; null while the server must not end it.</summary>
    private WebSocketCloseStatus? _expected;

    /// <summary>True when all that was published until now is here.</summary>
    public bool HasEverything => check.HasEverything;

    /// <summary>Connects, before anything is published that it has to get.</summary>
    public Task JoinAsync() => ConnectAsync();

    /// <summary>Connects and is cut until told to stop; the last connection stays.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.WhenAny(_reading, RestAsync(_random.Next(ShortEach) == 0 ? MostShortLife : MostLife, stop));
            if (_reading.IsCompleted)
                totals.Find(totals.Broken, $"{check}: the server closed it with {_session!.CloseStatus?.ToString() ?? "nothing"}");
            else if (stop.IsCancellationRequested)
                return;
            CutKind kind = habits.Next(_random);
            await BreakAsync(kind, stop);
            if (!habits.SilentOnly && kind == CutKind.SilentDrop && habits.AwaySeconds > 0 && _random.Next(LongEach) == 0)
                await RestAsync(habits.AwaySeconds * 1000, stop);
            else if (!habits.SilentOnly && _random.Next(AtOnceEach) > 0)
                await RestAsync(MostAbsence, stop);
            await ReconnectAsync();
        }
    }

    /// <summary>Is cut silently, and away until <see cref="ReturnAsync"/>.</summary>
    public Task VanishAsync() => BreakAsync(CutKind.SilentDrop, new CancellationToken(canceled: true));

    public Task ReturnAsync() => ReconnectAsync();

    /// <summary>What follows is the server's goodbye, before which everything has to be here; then it may join again.</summary>
    public void BeginDrain() => _expected = WebSocketCloseStatus.EndpointUnavailable;

    /// <summary>Waits for the goodbye.</summary>
    public async Task EndDrainAsync()
    {
        using Session session = _session!;
        await _reading.WaitAsync(Soak.Load.Patience);
        await session.LeaveAsync(WebSocketCloseStatus.EndpointUnavailable);
        if (!check.HasEverything)
            totals.Find(chaos.LostInDrain, $"{check}: the goodbye came at {check.Progress}");
        check.Restart(mayMiss: true);
        _expected = null;
        _how = "restart";
        _link = null;
    }

    /// <summary>Counts what has not come, and says goodbye.</summary>
    public async Task LeaveAsync()
    {
        check.End();
        _expected = WebSocketCloseStatus.NormalClosure;
        using Session session = _session!;
        if (!await session.CloseAsync())
            totals.Find(totals.Broken, $"{check}: a Close was answered with {session.CloseStatus?.ToString() ?? "nothing"}");
        await _reading.WaitAsync(Soak.Load.Patience);
    }

    private async Task BreakAsync(CutKind kind, CancellationToken stop)
    {
        bool takesAll = _random.Next(2) == 0;
        TimeSpan held = TimeSpan.FromMilliseconds(_random.Next(LeastHeld, MostHeld));
        _how = $"{kind}{(takesAll ? "" : ", not read")} at {check.Progress}";
        if (kind == CutKind.Leave)
        {
            chaos.Cuts.ByKind[(int)kind].Increment();
            await _session!.LeaveAsync(WebSocketCloseStatus.EndpointUnavailable);
        }
        else
        {
            _link!.Cut(kind, takesAll, held);
        }

        // Nobody tells it of a silent drop: it finds a new network, and lets go of what it had on the old one.
        if (kind == CutKind.SilentDrop)
        {
            if (!habits.SilentOnly)
                await RestAsync(MostAbsence / 2, stop);
            _session!.Abort();
        }
        await _reading.WaitAsync(Soak.Load.Patience, CancellationToken.None);
        _session!.Dispose();
    }

    private async Task ReconnectAsync()
    {
        while (true)
        {
            try
            {
                await ConnectAsync();
                return;
            }
            catch (Exception e) when (e is SocketException or IOException or WebSocketException or InvalidDataException or TimeoutException)
            {
                totals.Find(totals.Broken, $"{check}: could not connect again: {e.Message}");
                await Task.Delay(MostShortLife);
            }
        }
    }

    private async Task ConnectAsync()
    {
        ProxyLink? old = _link;
        _session = await Session.ConnectRawAsync(server, subProtocol: check.SubProtocol);
        _link = proxy.Take(_session.Wire.Socket.LocalEndPoint!);
        if (old is not null)
        {
            chaos.Reconnects.Increment();
            if (old.IsOpenAtServer)
                chaos.Unnoticed.Increment();
        }
        check.Begin($"connection {_connections++} after {_how}");
        foreach (string command in check.Commands)
            await _session.SayAsync(command);
        _reading = Task.Run(() => ReadAsync(_session));
    }

    private async Task ReadAsync(Session session)
    {
        while ((await session.ReadAsync(check)).Open)
        {
        }
        if (_expected is { } code && session.CloseStatus != code)
            totals.Find(totals.Broken, $"{check}: it ended with {session.CloseStatus?.ToString() ?? "nothing"} where {code} should come");
    }

    private Task RestAsync(int mostMilliseconds, CancellationToken stop) =>
        Task.Delay(_random.Next(mostMilliseconds), stop).ContinueWith(static _ => { }, TaskScheduler.Default);
}
