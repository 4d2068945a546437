using Keker.Server.Broker.Topics;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Presence.Hooks;

/// <summary>The events that wait for the backend. When there are too many, all go, and one says so: the backend then asks who is online.</summary>
/// <remarks>Thread-safe; its lock is an innermost one. One reader takes.</remarks>
internal sealed class HookQueue
{
    private readonly Lock _lock = new();
    private readonly Queue<HookEvent> _events = new();
    private readonly MonotonicClock _clock;
    private readonly Counters _counters;
    private readonly int _most;
    private TaskCompletionSource? _arrived;
    private long _seq;
    private bool _isEnding;

    /// <param name="clock">Tells the time of events.</param>
    /// <param name="counters">Count resets.</param>
    /// <param name="most">Events at a time.</param>
    public HookQueue(MonotonicClock clock, Counters counters, int most = Limits.HookEvents)
    {
        _clock = clock;
        _counters = counters;
        _most = most;

        // What happened before this process the backend cannot know from here.
        Add(HookEventKind.Reset, default, [], 0);
    }

    /// <summary>The number of the last event.</summary>
    public long LastSeq
    {
        get { lock (_lock) return _seq; }
    }

    /// <summary>Events that wait.</summary>
    public int Count
    {
        get { lock (_lock) return _events.Count; }
    }

    /// <summary>Adds an event. Never waits.</summary>
    public void Add(HookEventKind kind, TopicKind of, byte[] name, int sessions, byte[]? key = null)
    {
        TaskCompletionSource? arrived;
        lock (_lock)
        {
            if (_events.Count >= _most)
            {
                _events.Clear();
                (kind, of, name, sessions, key) = (HookEventKind.Reset, default, [], 0, null);
            }
            if (kind == HookEventKind.Reset)
                _counters.HookResets.Increment();
            _events.Enqueue(new HookEvent(++_seq, _clock.UtcNow.UtcDateTime, kind, of, name, sessions, key));
            arrived = _arrived;
            _arrived = null;
        }
        arrived?.SetResult();
    }

    /// <summary>Takes what waits, in order; waits for something.</summary>
    /// <param name="most">How many at most.</param>
    /// <returns>None once the queue has ended and is empty.</returns>
    public async Task<List<HookEvent>> TakeAsync(int most)
    {
        while (true)
        {
            Task arrived;
            lock (_lock)
            {
                if (_events.Count > 0 || _isEnding)
                {
                    var taken = new List<HookEvent>(Math.Min(most, _events.Count));
                    while (taken.Count < most && _events.TryDequeue(out HookEvent next))
                        taken.Add(next);
                    return taken;
                }

                // The one who adds, under the lock of a topic, does not go on with what follows here.
                _arrived ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                arrived = _arrived.Task;
            }
            await arrived.ConfigureAwait(false);
        }
    }

    /// <summary>Nothing is waited for any more.</summary>
    public void End()
    {
        TaskCompletionSource? arrived;
        lock (_lock)
        {
            _isEnding = true;
            arrived = _arrived;
            _arrived = null;
        }
        arrived?.SetResult();
    }
}
