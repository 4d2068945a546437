using System.Diagnostics.CodeAnalysis;
using Keker.Server.Broker.Log;

namespace Keker.Server.Broker.Topics;

/// <summary>Looks through what a topic holds for messages that were published with an Idempotency-Key, a few at a time, without its lock in between.</summary>
/// <remarks>For one thread at a time.</remarks>
/// <param name="topic">The topic.</param>
/// <param name="key">The key.</param>
internal sealed class KeyScan(Topic topic, byte[] key)
{
    /// <summary>Messages that are looked at under the lock.</summary>
    private const int Step = 256;

    /// <summary>Messages that are found: a key is for one.</summary>
    private const int Most = 16;

    private long _next;
    private bool _isInLog;

    /// <summary>Looks at the next messages.</summary>
    /// <param name="found">Gets the offsets of those with the key, each once.</param>
    /// <returns>False when there are no more, or enough were found.</returns>
    public bool TryLook(List<long> found)
    {
        lock (topic)
        {
            for (int i = 0; i < Step; i++, _next++)
            {
                if (!TryNext(out Publication? publication))
                    return false;
                if (publication.Key is { } other && other.AsSpan().SequenceEqual(key) && !found.Contains(_next))
                    found.Add(_next);
            }
            return found.Count < Most;
        }
    }

    /// <summary>What is kept for newcomers may have left the log, so that is looked through first.</summary>
    private bool TryNext([NotNullWhen(true)] out Publication? publication)
    {
        publication = null;
        if (topic.Messages is not { } log)
            return false;
        if (!_isInLog && log.Kept?.Publications.TryNext(ref _next, out publication) is true)
            return true;
        if (!_isInLog)
            _next = 0;
        _isInLog = true;
        return log.Publications.TryNext(ref _next, out publication);
    }
}
