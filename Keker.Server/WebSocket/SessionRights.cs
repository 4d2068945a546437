using Keker.Protocol.Tokens;
using Keker.Server.Access;

namespace Keker.Server.WebSocket;

/// <summary>What one session may, and for how long. Idle it is two references and two numbers.</summary>
/// <remarks>A mutable struct: keep it in a field. The lock of the session guards it, but for <see cref="HasEnded"/>.</remarks>
internal struct SessionRights()
{
    private NamePatterns _topics = NamePatterns.None;
    private long _endsAt = Grant.Never;
    private long _nextTopicEnd = Grant.Never;
    private List<LimitedTopic>? _limited;

    /// <summary>Whether the session is over. Any thread.</summary>
    public readonly bool HasEnded(long now) => Volatile.Read(in _endsAt) <= now;

    /// <summary>Whether a topic is over that it has by a token of its own. Any thread; a hint.</summary>
    public readonly bool HasEndedTopic(long now) => Volatile.Read(in _nextTopicEnd) <= now;

    /// <summary>New rights take the place of those before; tokens for a topic stay.</summary>
    public void Renew(Grant grant)
    {
        _topics = grant.Topics;
        Volatile.Write(ref _endsAt, grant.EndsAt);
    }

    /// <summary>Whether a topic is allowed by the rights.</summary>
    public readonly bool Allows(ReadOnlySpan<byte> topic) => _topics.Matches(topic);

    /// <summary>Whether it is allowed by a token of its own.</summary>
    public readonly bool HasToken(ReadOnlySpan<byte> topic) => EndOf(topic) is not null;

    /// <summary>A topic that is allowed by a token of its own has no end any more: whoever calls gives it one.</summary>
    /// <returns>The second at which it would have been over; null where it is not allowed by a token.</returns>
    public long? TakeEnd(ReadOnlySpan<byte> topic)
    {
        long? end = EndOf(topic);
        Forget(topic);
        return end;
    }

    /// <summary>A topic is allowed until a time, whatever was before.</summary>
    public void Limit(byte[] topic, long endsAt)
    {
        Forget(topic);
        (_limited ??= new List<LimitedTopic>(1)).Add(new LimitedTopic(topic, endsAt));
        NoteNextEnd();
    }

    /// <summary>A topic is not allowed by a token any more.</summary>
    public void Forget(ReadOnlySpan<byte> topic)
    {
        for (int i = 0; i < (_limited?.Count ?? 0); i++)
        {
            if (topic.SequenceEqual(_limited![i].Name))
                _limited.RemoveAt(i--);
        }
        NoteNextEnd();
    }

    /// <summary>Takes the topics out that are over.</summary>
    public byte[][] TakeEnded(long now)
    {
        byte[][] ended = [.. (_limited ?? []).Where(limited => limited.EndsAt <= now).Select(limited => limited.Name)];
        _limited?.RemoveAll(limited => limited.EndsAt <= now);
        NoteNextEnd();
        return ended;
    }

    private readonly long? EndOf(ReadOnlySpan<byte> topic)
    {
        foreach (LimitedTopic limited in _limited ?? [])
        {
            if (topic.SequenceEqual(limited.Name))
                return limited.EndsAt;
        }
        return null;
    }

    private void NoteNextEnd() => Volatile.Write(ref _nextTopicEnd, _limited is { Count: > 0 } ? _limited.Min(limited => limited.EndsAt) : Grant.Never);
}
