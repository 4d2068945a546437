using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Keker.Benchmarks.Common;
using Keker.Benchmarks.Load.Framing;
using Keker.Benchmarks.Soak;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Fuzz.Live;

/// <summary>
/// Sends one input after the other, each on a connection of its own: at once, in pieces or byte by byte; then it reads to the end, half-closes,
/// resets, or is silent for a while. What the server answers is its own affair; that it goes on is for the canaries to see.
/// </summary>
internal sealed class LiveAttacker(EndPoint server, LiveSeeds seeds, LiveJournal journal, int seed)
{
    private const int Ways = 3;
    private const int Ends = 8;
    private const int MostPiece = 40;

    /// <summary>Byte by byte is for inputs that are short.</summary>
    private const int MostSingleBytes = 300;

    private static readonly TimeSpan MostSilence = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MostReading = TimeSpan.FromMilliseconds(300);

    private readonly Random _random = new(seed);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await AttackAsync(stop);
            }
            catch (Exception e) when (e is SocketException or IOException or WebSocketException or InvalidDataException or TimeoutException or OperationCanceledException)
            {
                // The server has ended it, or the run is over.
            }
        }
    }

    private async Task AttackAsync(CancellationToken stop)
    {
        string kind = LiveSeeds.Kinds[_random.Next(LiveSeeds.Kinds.Count)];
        byte[] input = seeds.Next(kind, _random);
        using Wire wire = await Wire.ConnectAsync(server);
        if (LiveSeeds.IsSession(kind))
            await BeginSessionAsync(wire, kind);
        journal.Add(kind, input);
        await SendAsync(wire, input, stop);
        await EndAsync(wire, stop);
    }

    /// <summary>A handshake, and a HELLO more often than not.</summary>
    private async Task BeginSessionAsync(Wire wire, string kind)
    {
        string extension = kind == "compressed" ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "";
        string handshake = Session.Handshake(server, _random.Next(2) == 0 ? "keker.v2" : null);
        await wire.SendAsync($"{handshake[..^2]}{extension}\r\n");
        await wire.ReadHeadAsync().WaitAsync(MostSilence);
        if (_random.Next(3) > 0)
            await wire.SendAsync(ClientFrames.Make(OpCode.Text, "HELLO stranger"u8));
    }

    private async Task SendAsync(Wire wire, byte[] input, CancellationToken stop)
    {
        int way = _random.Next(Ways);
        int most = way == 0 ? input.Length : way == 1 || input.Length > MostSingleBytes ? MostPiece : 1;
        for (int at = 0; at < input.Length && !stop.IsCancellationRequested;)
        {
            int length = Math.Min(most == 1 || most == input.Length ? most : _random.Next(1, most + 1), input.Length - at);
            await wire.SendAsync(input.AsMemory(at, length));
            at += length;
            if (most < input.Length)
                await Task.Yield();
        }
    }

    private async Task EndAsync(Wire wire, CancellationToken stop)
    {
        switch (_random.Next(Ends))
        {
            case 0 or 1 or 2:
                wire.Reset();
                break;
            case 3 or 4:
                wire.Socket.Shutdown(SocketShutdown.Send);
                await ReadAsync(wire, 3 * MostReading, stop);
                break;
            case 5 or 6:
                await ReadAsync(wire, MostReading, stop);
                break;
            default:
                await Task.Delay(MostSilence * _random.NextDouble(), stop);
                break;
        }
    }

    private static async Task ReadAsync(Wire wire, TimeSpan most, CancellationToken stop)
    {
        Task<string> reading = wire.ReadToEndAsync();
        await Task.WhenAny(reading, Task.Delay(most, stop));
        wire.Reset();
        await reading.ContinueWith(static _ => { }, TaskScheduler.Default);
    }
}
