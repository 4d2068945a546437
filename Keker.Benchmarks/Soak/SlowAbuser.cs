using System.Net;
using System.Net.WebSockets;
using Keker.Benchmarks.Common;

namespace Keker.Benchmarks.Soak;

/// <summary>Abuse that takes its time: heads that never end, connections that say nothing, floods of pings. Each has to be ended by a deadline.</summary>
internal sealed class SlowAbuser(EndPoint server, Totals totals, int number) : Worker(server, totals)
{
    private const int PingsAtOnce = 100;

    private int _next = number;

    protected override async Task RoundAsync(CancellationToken stop)
    {
        int kind = _next++ % 5;
        Task<string?> attempt = kind switch
        {
            0 => HangAsync("", stop),
            1 => HangAsync(Session.Handshake(Server)[..^2], stop),
            2 => SendSlowlyAsync(stop),
            3 => SayNoHelloAsync(stop),
            _ => FloodAsync(stop),
        };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (await Task.WhenAny(attempt, Task.Delay(Load.Patience, patience.Token)) != attempt)
        {
            stop.ThrowIfCancellationRequested();
            Totals.Find(Totals.BadInputsTolerated, $"slow abuse {kind} went on for {Load.Patience.TotalSeconds} s");
        }
        await patience.CancelAsync();
        if (await attempt is { } complaint)
            Totals.Find(Totals.BadInputsTolerated, complaint);
        Totals.BadInputs.Increment();
    }

    /// <summary>Sends the beginning of a request and nothing more.</summary>
    private async Task<string?> HangAsync(string beginning, CancellationToken stop)
    {
        using Wire wire = await Wire.ConnectAsync(Server);
        using CancellationTokenRegistration leaving = stop.Register(wire.Dispose);
        await wire.SendAsync(beginning);
        return Judge(await ReadToEndAsync(wire, stop));
    }

    /// <summary>Sends a head byte by byte, faster than any pause would tell.</summary>
    private async Task<string?> SendSlowlyAsync(CancellationToken stop)
    {
        using Wire wire = await Wire.ConnectAsync(Server);
        using CancellationTokenRegistration leaving = stop.Register(wire.Dispose);
        Task<string> reading = ReadToEndAsync(wire, stop);
        string head = "GET /v1/health HTTP/1.1\r\nHost: a\r\nX: ";
        try
        {
            for (int i = 0; !reading.IsCompleted; i++)
            {
                await wire.SendAsync(i < head.Length ? head[i..(i + 1)] : "x");
                await Task.WhenAny(reading, Task.Delay(100, stop));
            }
        }
        catch (IOException)
        {
            // The server has ended it.
        }
        catch (ObjectDisposedException)
        {
            stop.ThrowIfCancellationRequested();
        }
        return Judge(await reading);
    }

    private async Task<string?> SayNoHelloAsync(CancellationToken stop)
    {
        using Session session = await Session.ConnectRawAsync(Server);
        while ((await session.ReadAsync(null, stop)).Open)
        {
        }
        return session.CloseStatus == WebSocketCloseStatus.PolicyViolation ? null : $"no HELLO: closed with {session.CloseStatus}";
    }

    private async Task<string?> FloodAsync(CancellationToken stop)
    {
        using Session session = await Session.ConnectRawAsync(Server);
        await session.HelloAsync($"flood-{Guid.NewGuid()}");
        byte[] pings = [.. Enumerable.Repeat<byte[]>([0x89, 0x84, 0, 0, 0, 0, .. "ping"u8], PingsAtOnce).SelectMany(ping => ping)];
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task sending = SendUntilAsync(session.Wire, pings, over.Token);
        while ((await session.ReadAsync(null, stop)).Open)
        {
        }
        await over.CancelAsync();
        await sending;

        // The Close may be lost to the reset that answers what is still being sent.
        return session.CloseStatus is null or WebSocketCloseStatus.PolicyViolation ? null : $"a flood: closed with {session.CloseStatus}";
    }

    private static async Task SendUntilAsync(Wire wire, byte[] bytes, CancellationToken over)
    {
        try
        {
            while (!over.IsCancellationRequested)
            {
                await wire.Stream.WriteAsync(bytes, over);
                await Task.Delay(10, over);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The server has ended it, or the load.
        }
    }

    private static async Task<string> ReadToEndAsync(Wire wire, CancellationToken stop)
    {
        try
        {
            return await wire.ReadToEndAsync();
        }
        catch (ObjectDisposedException)
        {
            stop.ThrowIfCancellationRequested();
            throw;
        }
    }

    private static string? Judge(string answer) =>
        answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) ? null : $"a slow head was answered with {answer}";
}
