using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Keker.Benchmarks.Soak;

/// <summary>A task of the load: does the same again until the load stops.</summary>
internal abstract class Worker(EndPoint server, Totals totals)
{
    protected EndPoint Server => server;

    protected Totals Totals => totals;

    public async Task RunAsync(CancellationToken stop)
    {
        // Not all in step.
        await RestAsync(500, stop);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is SocketException or IOException or WebSocketException or InvalidDataException or TimeoutException
                or OperationCanceledException)
            {
                totals.Find(totals.Broken, $"{GetType().Name}: {e.Message}");
                await RestAsync(1000, stop);
            }
        }
    }

    protected abstract Task RoundAsync(CancellationToken stop);

    /// <summary>Waits a random time, or until the load stops.</summary>
    protected static Task RestAsync(int mostMilliseconds, CancellationToken stop) =>
        Task.Delay(Random.Shared.Next(mostMilliseconds), stop).ContinueWith(static _ => { }, TaskScheduler.Default);
}
