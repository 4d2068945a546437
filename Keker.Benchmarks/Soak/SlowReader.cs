using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;

namespace Keker.Benchmarks.Soak;

/// <summary>Joins a busy token and stops reading until it is too far behind by far. Then it reads what is there: no gap, and the end.</summary>
internal sealed class SlowReader(EndPoint server, Totals totals, MessageStream stream) : Worker(server, totals)
{
    private const int ReceiveBuffer = 16 << 10;

    /// <summary>How far behind nobody may be: the lag, and generously what kernels hold and what is young.</summary>
    private const long FarBehind = 4L * Load.Lag;

    /// <summary>The time that the server leaves for the Close to be taken, and more.</summary>
    private static readonly TimeSpan UntilCut = TimeSpan.FromSeconds(4);

    protected override async Task RoundAsync(CancellationToken stop)
    {
        using Session session = await Session.ConnectRawAsync(Server, ReceiveBuffer);
        await session.HelloAsync(stream.Token);
        long start = stream.Bytes;
        while (stream.Bytes - start < FarBehind)
            await Task.Delay(200, stop);
        await Task.Delay(UntilCut, stop);

        long published = stream.Made;
        long deadline = Stopwatch.GetTimestamp() + (long)(Load.Patience.TotalSeconds * Stopwatch.Frequency);
        var check = new MessageCheck(Totals, stream, isWhole: false);
        while ((await session.ReadAsync(check, stop)).Open)
        {
            if (check.Next > published || Stopwatch.GetTimestamp() > deadline)
            {
                Totals.Find(Totals.SlowKept, $"a reader of {stream.Token} that did not read for {FarBehind} bytes is still served");
                return;
            }
        }

        // The cut comes without a code; when a Close came, it has to name the reason.
        if (session.CloseStatus is { } status && status != (WebSocketCloseStatus)1013)
            Totals.Find(Totals.BadAnswers, $"a slow reader was closed with {status}");
        Totals.SlowClosed.Increment();
    }
}
