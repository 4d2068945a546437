using System.Diagnostics;
using System.Net;
using System.Text;
using Keker.Benchmarks.Common;

namespace Keker.Benchmarks.Soak;

/// <summary>Comes and goes: joins a busy token in the middle, or one of its own for which messages wait; leaves with a Close or a reset.</summary>
internal sealed class Churner(EndPoint server, Totals totals, MessageStream[] streams, int number) : Worker(server, totals)
{
    private const int MostLive = 5;
    private const int Waiting = 3;
    private const int MostRest = 300;

    /// <summary>Less than the time for which the server keeps what waits; slower than that, and nothing can be said.</summary>
    private static readonly TimeSpan SurelyKept = TimeSpan.FromSeconds(4);

    private int _rounds;

    protected override async Task RoundAsync(CancellationToken stop)
    {
        if (++_rounds % 4 == 0)
            await FetchWaitingAsync();
        else
            await ReadLiveAsync(streams[Random.Shared.Next(streams.Length)], stop);
        Totals.Reconnects.Increment();
        await RestAsync(MostRest, stop);
    }

    private async Task ReadLiveAsync(MessageStream stream, CancellationToken stop)
    {
        using Session session = await Session.ConnectRawAsync(Server);
        await session.HelloAsync(stream.Token);
        var check = new MessageCheck(Totals, stream, isWhole: false);
        for (int left = Random.Shared.Next(MostLive + 1); left > 0;)
        {
            (bool open, bool isOwn) = await session.ReadAsync(check, stop);
            if (!open)
            {
                Totals.Find(Totals.Broken, $"a short subscriber of {stream.Token} was closed with {session.CloseStatus?.ToString() ?? "nothing"}");
                return;
            }
            if (isOwn)
                left--;
        }
        await LeaveAsync(session);
    }

    private async Task FetchWaitingAsync()
    {
        var own = new MessageStream(Load.Tokens + 1 + number, $"absent-{number}-{_rounds}");
        long start = Stopwatch.GetTimestamp();
        using (Wire wire = await Wire.ConnectAsync(Server))
        {
            for (int i = 0; i < Waiting; i++)
                await StoreAsync(wire, own);
        }

        using Session session = await Session.ConnectRawAsync(Server);
        await session.HelloAsync(own.Token);
        var check = new MessageCheck(Totals, own, isWhole: false);
        var order = new OrderCheck(Totals, own.Token, 0);
        while (check.Next < Waiting)
        {
            using var patience = new CancellationTokenSource(SurelyKept);
            try
            {
                (bool open, bool isOwn) = await session.ReadAsync(check, patience.Token);
                if (!open)
                    break;
                if (isOwn)
                    order.Saw(check.Next - 1);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        Totals.FromCache.Add(order.Next);
        if (order.Next < Waiting && Stopwatch.GetElapsedTime(start) - SurelyKept < SurelyKept)
            order.End(own.Made);
        else
            await LeaveAsync(session);
    }

    private async Task StoreAsync(Wire wire, MessageStream own)
    {
        byte[] message = new byte[Payload.RandomLength(Load.BroadcastBytes)];
        Payload.Write(message, own.Index, own.Next(message.Length));
        byte[] head = Encoding.ASCII.GetBytes($"PUT /v1/publish HTTP/1.1\r\nHost: {Server}\r\nToken: {own.Token}\r\nContent-Length: {message.Length}\r\n\r\n");
        await wire.SendAsync((byte[])[.. head, .. message]);
        HttpAnswer answer = await wire.ReadAnswerAsync().WaitAsync(Load.Patience);
        if (answer.Status != "404" || answer.Number("cached") != 1)
            Totals.Find(Totals.BadAnswers, $"publish to the absent {own.Token}: {answer}");
    }

    private async Task LeaveAsync(Session session)
    {
        if (Random.Shared.Next(2) == 0)
        {
            Totals.Resets.Increment();
            session.Wire.Reset();
        }
        else if (!await session.CloseAsync())
        {
            Totals.Find(Totals.Broken, $"a Close was answered with {session.CloseStatus?.ToString() ?? "nothing"}");
        }
    }
}
