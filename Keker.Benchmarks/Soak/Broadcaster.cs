using System.Net;
using System.Text;
using Keker.Benchmarks.Common;

namespace Keker.Benchmarks.Soak;

/// <summary>Sends messages to everybody, at a rate, and checks every answer.</summary>
internal sealed class Broadcaster(EndPoint server, Totals totals, MessageStream broadcasts) : Worker(server, totals)
{
    private readonly byte[] _message = new byte[Load.BroadcastBytes];
    private readonly Pacer _pacer = new(Load.BroadcastsPerSecond);

    protected override async Task RoundAsync(CancellationToken stop)
    {
        using Wire wire = await Wire.ConnectAsync(Server);
        while (!stop.IsCancellationRequested)
        {
            int length = Payload.RandomLength(_message.Length);
            Payload.Write(_message.AsSpan(0, length), broadcasts.Index, broadcasts.Next(length));
            byte[] head = Encoding.ASCII.GetBytes($"POST /v1/broadcast HTTP/1.1\r\nHost: {Server}\r\nContent-Length: {length}\r\n\r\n");
            await wire.SendAsync((byte[])[.. head, .. _message.AsSpan(0, length)]);
            HttpAnswer answer = await wire.ReadAnswerAsync().WaitAsync(Load.Patience, CancellationToken.None);
            Totals.Broadcasts.Increment();
            if (answer.Status != "200" || answer.Number("sessions") < broadcasts.Steady)
                Totals.Find(Totals.BadAnswers, $"broadcast to {broadcasts.Steady} subscribers and more: {answer}");
            await _pacer.WaitAsync(1, stop);
        }
    }
}
