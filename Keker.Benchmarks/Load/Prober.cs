using System.Diagnostics;
using Keker.Benchmarks.Common;
using Keker.Benchmarks.Load.Framing;

namespace Keker.Benchmarks.Load;

/// <summary>
/// Publishes until every subscriber has received something: no broker answers a HELLO, so this shows that all are subscribed.
/// </summary>
internal static class Prober
{
    private const int AtOnce = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);

    /// <summary>Publishes to the tokens, and again to those that are silent.</summary>
    /// <param name="traffic">The run.</param>
    /// <param name="silent">The tokens with subscribers that have received nothing so far.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>False when some stayed silent.</returns>
    /// <exception cref="RunFailedException">The server does not take messages.</exception>
    public static async Task<bool> ProbeAsync(Traffic traffic, Func<int[]> silent, CancellationToken stop)
    {
        using Wire wire = await Wire.ConnectAsync(traffic.Server);
        long start = Stopwatch.GetTimestamp();
        int[] tokens;
        while ((tokens = silent()).Length > 0)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
                return false;
            foreach (int[] some in tokens.Chunk(AtOnce))
            {
                foreach (int token in some)
                    await wire.SendAsync(Request(traffic, token));
                for (int i = 0; i < some.Length; i++)
                    Check(await wire.ReadAnswerAsync().WaitAsync(Patience, stop));
            }
            await WaitAsync(traffic, silent, stop);
        }
        return true;
    }

    /// <summary>A subscriber may not be known yet; other answers will not change.</summary>
    private static void Check(HttpAnswer answer)
    {
        if (answer.Status is not ("200" or "201" or "202" or "204" or "404"))
            throw new RunFailedException($"a publish was answered with {answer.Status}");
    }

    /// <summary>Waits as long as more and more of them receive something.</summary>
    private static async Task WaitAsync(Traffic traffic, Func<int[]> silent, CancellationToken stop)
    {
        long last = Stopwatch.GetTimestamp();
        int heard = traffic.Heard;
        while (Stopwatch.GetElapsedTime(last) < Round)
        {
            await Task.Delay(Tick, stop);
            if (traffic.Heard == heard)
                continue;
            heard = traffic.Heard;
            last = Stopwatch.GetTimestamp();
            if (silent().Length == 0)
                return;
        }
    }

    private static byte[] Request(Traffic traffic, int token)
    {
        ReadOnlySpan<byte> head = traffic.PublishHead(token);
        byte[] request = new byte[head.Length + traffic.Options.Size];
        head.CopyTo(request);
        Span<byte> body = request.AsSpan(head.Length);
        Filler.Of(0, body.Length).CopyTo(body);
        new MessageHead(true, traffic.Run, 0, 0, 0, token).Write(body);
        return request;
    }
}
