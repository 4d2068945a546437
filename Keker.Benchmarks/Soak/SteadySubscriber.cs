using System.Net;
using System.Net.WebSockets;

namespace Keker.Benchmarks.Soak;

/// <summary>Joins before the first message and has to get every one until the last.</summary>
internal sealed class SteadySubscriber(EndPoint server, Totals totals, MessageStream stream, MessageStream broadcasts, bool compressed)
{
    private readonly MessageCheck _check = new(totals, stream, isWhole: true);
    private Session? _session;
    private Task _reading = Task.CompletedTask;
    private volatile bool _leaving;

    public async Task JoinAsync()
    {
        _session = await Session.ConnectAsync(server, compressed);
        await _session.HelloAsync(stream.Token);
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>True when all that was published until now is here.</summary>
    public bool HasEverything => _check.Next >= stream.Made && _check.NextBroadcast >= broadcasts.Made;

    /// <summary>What follows is the server's goodbye, before which everything has to be here; then it may join again.</summary>
    public void BeginDrain() => _leaving = true;

    /// <summary>Waits for the goodbye.</summary>
    public async Task EndDrainAsync()
    {
        using Session session = _session!;
        await _reading.WaitAsync(Load.Patience);
        if (session.CloseStatus != WebSocketCloseStatus.EndpointUnavailable)
            totals.Find(totals.Broken, $"a steady subscriber of {stream.Token} was drained with {session.CloseStatus?.ToString() ?? "nothing"}");
        if (!HasEverything)
            totals.Find(totals.Lost, $"a steady subscriber of {stream.Token} was drained at {_check.Next} of {stream.Made}", stream.Made - _check.Next);
        _leaving = false;
    }

    /// <summary>Counts what has not come, and leaves.</summary>
    public async Task LeaveAsync()
    {
        _check.End(broadcasts);
        _leaving = true;
        using Session session = _session!;
        session.Abort();
        await _reading;
    }

    private async Task ReadAsync()
    {
        while ((await _session!.ReadAsync(_check)).Open)
        {
        }
        if (!_leaving)
            totals.Find(totals.Broken, $"a steady subscriber of {stream.Token} was closed with {_session.CloseStatus?.ToString() ?? "nothing"}");
    }
}
