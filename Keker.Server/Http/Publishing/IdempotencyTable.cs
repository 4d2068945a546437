using Keker.Server.Broker;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Http.Publishing;

/// <summary>
/// The publishes of the last two minutes that have a key, so that a repetition publishes nothing. One name space for all backends: keys are
/// to be random, and a backend whose publish key is changed meanwhile still means the same.
/// </summary>
/// <remarks>Thread-safe; its lock is an innermost one.</remarks>
internal sealed class IdempotencyTable(MonotonicClock clock, int most = Limits.IdempotencyKeys)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<byte[], IdempotentPublish> _byKey = new(TokenComparer.Instance);
    private readonly LinkedList<IdempotentPublish> _oldestFirst = new();

    /// <summary>Keys that are remembered.</summary>
    public int Count
    {
        get { lock (_lock) return _byKey.Count; }
    }

    /// <summary>Begins a publish, or finds the one that has begun with the same key.</summary>
    /// <param name="key">The key; not changed afterwards.</param>
    /// <param name="answer">How the earlier one was answered; null when it is under way, or there is none.</param>
    /// <returns>The new one, which has to be completed or abandoned; null when there is an earlier one.</returns>
    public IdempotentPublish? TryBegin(byte[] key, out PublishAnswer? answer)
    {
        lock (_lock)
        {
            Forget(clock.Now);
            if (_byKey.TryGetValue(key, out IdempotentPublish? earlier))
            {
                answer = earlier.Answer;
                return null;
            }
            while (_byKey.Count >= most)
                Remove(_oldestFirst.First!.Value);
            answer = null;
            var publish = new IdempotentPublish(this, key, clock.Now);
            publish.Node = _oldestFirst.AddLast(publish);
            _byKey.Add(key, publish);
            return publish;
        }
    }

    /// <summary>What is remembered of a publish.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="beganAt">When it came, in milliseconds of the clock.</param>
    /// <param name="answer">How it was answered; null while it is under way.</param>
    /// <returns>False when there is none with this key.</returns>
    public bool TryFind(byte[] key, out long beganAt, out PublishAnswer? answer)
    {
        lock (_lock)
        {
            bool isKnown = _byKey.TryGetValue(key, out IdempotentPublish? publish);
            beganAt = publish?.BeganAt ?? 0;
            answer = publish?.Answer;
            return isKnown;
        }
    }

    /// <summary>Notes how a publish was answered.</summary>
    public void Complete(IdempotentPublish publish, PublishAnswer answer)
    {
        lock (_lock)
            publish.Answer = answer;
    }

    /// <summary>Forgets a publish that was not answered.</summary>
    public void Abandon(IdempotentPublish publish)
    {
        lock (_lock)
        {
            if (publish.Answer is null)
                Remove(publish);
        }
    }

    /// <summary>Forgets keys whose time is up. The heartbeat calls it.</summary>
    public void DropExpired()
    {
        lock (_lock)
            Forget(clock.Now);
    }

    private void Forget(long now)
    {
        while (_oldestFirst.First is { } oldest && now - oldest.Value.BeganAt >= Limits.IdempotencyTime.TotalMilliseconds)
            Remove(oldest.Value);
    }

    private void Remove(IdempotentPublish publish)
    {
        if (publish.Node is not { } node)
            return;
        _oldestFirst.Remove(node);
        _byKey.Remove(publish.Key);
        publish.Node = null;
    }
}
