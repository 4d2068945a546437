using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Keker.Benchmarks.Common;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Fuzz.Live;

/// <summary>
/// A client that keeps to the rules, with its publisher, on the server that is under attack: it has to get every message once, in order and in
/// time. For one task; the numbers are for all.
/// </summary>
/// <param name="server">Where the server is.</param>
/// <param name="totals">Where findings go.</param>
/// <param name="index">Its number.</param>
/// <param name="isTagged">Whether it speaks keker.v2.</param>
internal sealed class Canary(EndPoint server, Totals totals, int index, bool isTagged) : IMessageCheck
{
    private const int MostAtOnce = 8;

    /// <summary>Longer than a busy machine takes, shorter than any deadline of the server that could be what it waited for.</summary>
    private static readonly TimeSpan MostLatency = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);

    private readonly string _token = $"canary-{index}-{Guid.NewGuid()}";
    private readonly OrderCheck _order = new(totals, $"canary {index}", 0);
    private readonly byte[] _message = new byte[Payload.MaxLength];
    private TaskCompletionSource _all = New();
    private long _made;

    /// <summary>The longest time from a publish to its arrival.</summary>
    public TimeSpan Slowest { get; private set; }

    /// <summary>Publishes and waits for what comes until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using Session session = await Session.ConnectRawAsync(server, subProtocol: isTagged ? "keker.v2" : null);
        await session.HelloAsync(_token);
        using Wire publisher = await Wire.ConnectAsync(server);
        await WaitForStartAsync(publisher);
        Task reading = Task.Run(() => ReadAsync(session, stop), CancellationToken.None);
        while (!stop.IsCancellationRequested)
        {
            long start = Stopwatch.GetTimestamp();
            Task all = await PublishAsync(publisher, Random.Shared.Next(1, MostAtOnce + 1));
            await Task.WhenAny(all, Task.Delay(MostLatency, CancellationToken.None));
            TimeSpan latency = Stopwatch.GetElapsedTime(start);
            Slowest = latency > Slowest ? latency : Slowest;
            if (!all.IsCompleted)
            {
                totals.Find(totals.Lost, $"canary {index} waits for {Volatile.Read(ref _made)} messages in vain, and has {_order.Next}", Volatile.Read(ref _made) - _order.Next);
                break;
            }
            await Task.Delay(Rest, CancellationToken.None);
        }
        session.Abort();
        await reading;
    }

    public bool Saw(ReadOnlySpan<byte> message, WebSocketMessageType type)
    {
        ReadOnlySpan<byte> payload = message.StartsWith("MSG "u8) ? message[(message.IndexOf((byte)'\n') + 1)..] : message;

        // Strangers broadcast; what is not made here does not count.
        if (!Payload.TryRead(payload, type == WebSocketMessageType.Binary, out int from, out long number) || from != index)
            return false;
        totals.Delivered.Increment();
        _order.Saw(number);
        if (_order.Next == Volatile.Read(ref _made))
            _all.TrySetResult();
        return true;
    }

    /// <summary>Nothing it has to get is published before the server has its HELLO.</summary>
    private async Task WaitForStartAsync(Wire publisher)
    {
        do
        {
            await publisher.SendAsync($"PUT /v1/publish HTTP/1.1\r\nHost: {server}\r\nToken: {_token}\r\nTTL: 0\r\nContent-Length: 0\r\n\r\n");
        }
        while ((await publisher.ReadAnswerAsync().WaitAsync(Soak.Load.Patience)).Status != "200");
    }

    /// <returns>What completes when all of it is here.</returns>
    private async Task<Task> PublishAsync(Wire publisher, int count)
    {
        var requests = new MemoryStream();
        TaskCompletionSource all = _all = New();
        for (int i = 0; i < count; i++)
        {
            Span<byte> message = _message.AsSpan(0, Payload.RandomLength());
            Payload.Write(message, index, _made + i);
            requests.Write(Encoding.ASCII.GetBytes($"PUT /v1/publish HTTP/1.1\r\nHost: {server}\r\nToken: {_token}\r\nContent-Length: {message.Length}\r\n\r\n"));
            requests.Write(message);
        }
        Volatile.Write(ref _made, _made + count);
        await publisher.SendAsync(requests.GetBuffer().AsMemory(0, (int)requests.Length));
        for (int i = 0; i < count; i++)
        {
            HttpAnswer answer = await publisher.ReadAnswerAsync().WaitAsync(Soak.Load.Patience);
            totals.Published.Increment();
            if (answer.Status != "200" || answer.Number("sessions") != 1)
                totals.Find(totals.BadAnswers, $"publish to canary {index}: {answer}");
        }
        return all.Task;
    }

    private async Task ReadAsync(Session session, CancellationToken stop)
    {
        while ((await session.ReadAsync(this, CancellationToken.None)).Open)
        {
        }
        if (!stop.IsCancellationRequested && session.CloseStatus is not null)
            totals.Find(totals.Broken, $"canary {index} was closed with {session.CloseStatus}");
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
