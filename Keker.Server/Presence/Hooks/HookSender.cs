using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Presence.Hooks;

/// <summary>Tells the backend of events: in order, one request at a time, each again and again until it is taken. Nothing waits for it.</summary>
/// <param name="queue">The events.</param>
/// <param name="receiver">The backend.</param>
/// <param name="boot">See <see cref="Broker.IPresenceWatch.Boot"/>.</param>
/// <param name="counters">Count what comes of it.</param>
/// <param name="timeProvider">Times the pauses.</param>
/// <param name="log">The log.</param>
internal sealed class HookSender(HookQueue queue, IHookReceiver receiver, ulong boot, Counters counters, TimeProvider timeProvider, ILogger log) : IDisposable
{
    private readonly TaskCompletionSource _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cut = new();
    private Task _run = Task.CompletedTask;

    /// <summary>Begins, on the thread pool.</summary>
    public void Start() => _run = Task.Run(RunAsync);

    /// <summary>Has what waits delivered, without long pauses, for a time at most.</summary>
    public async Task StopAsync(TimeSpan most)
    {
        queue.End();
        _ending.TrySetResult();
        await Task.WhenAny(_run, Task.Delay(most, timeProvider)).ConfigureAwait(false);
        await _cut.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
    }

    public void Dispose() => _cut.Dispose();

    private async Task RunAsync()
    {
        try
        {
            while (await queue.TakeAsync(Limits.HookEventsPerRequest).ConfigureAwait(false) is { Count: > 0 } events)
            {
                await DeliverAsync(HookBody.Write(events, boot)).ConfigureAwait(false);
                counters.HooksDelivered.Add(events.Count);
                DateTime now = timeProvider.GetUtcNow().UtcDateTime;
                foreach (HookEvent each in events)
                    counters.Histograms.HookDelay.Record(now - each.Time);
            }
        }
        catch (OperationCanceledException)
        {
            // The time at the end is over; the next process says that events are missing.
        }
        catch (Exception e)
        {
            counters.InternalErrors.Increment();
            log.Unexpected(e);
        }
    }

    private async Task DeliverAsync(byte[] body)
    {
        HookFailure? told = null;
        for (int failures = 0; ;)
        {
            HookFailure? failure = await receiver.TryPostAsync(body, _cut.Token).ConfigureAwait(false);
            if (failure is null)
            {
                if (failures > 0)
                    log.HookRecovered(failures);
                return;
            }
            counters.HookFailures.Increment();
            failures++;
            if (failure != told)
                Tell(failure);
            told = failure;
            await PauseAsync(failures).ConfigureAwait(false);
        }
    }

    private void Tell(HookFailure failure)
    {
        if (failure.IsMistake)
            log.HookRefused(failure.Reason);
        else
            log.HookFailed(failure.Reason);
    }

    /// <summary>At random up to a bound that doubles: a backend that comes back is not met by all servers at once.</summary>
    private async Task PauseAsync(int failures)
    {
        TimeSpan bound = Limits.HookBackOffMin * Math.Pow(2, Math.Min(failures - 1, 16));
        TimeSpan pause = (bound < Limits.HookBackOffMax ? bound : Limits.HookBackOffMax) * Random.Shared.NextDouble();
        await Task.WhenAny(Task.Delay(pause, timeProvider, _cut.Token), _ending.Task).ConfigureAwait(false);
        if (_ending.Task.IsCompleted)
            await Task.Delay(Limits.HookBackOffMin, timeProvider, _cut.Token).ConfigureAwait(false);
    }
}
