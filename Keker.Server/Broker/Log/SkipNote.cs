namespace Keker.Server.Broker.Log;

/// <summary>What one client of a topic is not sent again, and what it went away from.</summary>
/// <remarks>Not thread-safe: the topic's lock guards it; <see cref="Skipped"/> is replaced, never changed.</remarks>
internal sealed class SkipNote
{
    /// <summary>Offsets of the messages that it is not sent, ascending.</summary>
    public long[] Skipped { get; private set; } = [];

    /// <summary>The first message that it had not confirmed when it last went away without a word.</summary>
    public long Suspect { get; private set; } = -1;

    /// <summary>Times that it got the suspect again and went away again.</summary>
    public int Times { get; private set; }

    /// <summary>When it last did, in milliseconds of the clock.</summary>
    public long BrokeAt { get; private set; }

    /// <summary>The client is not sent a message any more.</summary>
    public void Skip(long offset)
    {
        if (Array.BinarySearch(Skipped, offset) < 0)
            Skipped = [.. Skipped.Append(offset).Order()];
        Suspect = -1;
    }

    /// <summary>The client went away, and this is the first message that it had not confirmed.</summary>
    /// <param name="offset">The message.</param>
    /// <param name="counts">Whether it had got all of it and was quick to go.</param>
    /// <param name="helloAt">When it had said HELLO and was sent messages it had not confirmed, in milliseconds of the clock; 0 where it was sent none.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    public void WentAway(long offset, bool counts, long helloAt, long now)
    {
        if (offset != Suspect)
        {
            Suspect = offset;
            Times = 0;
        }
        else if (!counts)
        {
            Times = 0;
        }
        else if (helloAt >= BrokeAt)
        {
            Times++;
        }
        BrokeAt = now;
    }

    /// <summary>Forgets what has left the log.</summary>
    public void Trim(long tail)
    {
        if (Skipped.Length > 0 && Skipped[0] < tail)
            Skipped = Array.FindAll(Skipped, offset => offset >= tail);
        if (Suspect < tail)
            Suspect = -1;
    }
}
