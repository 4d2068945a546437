using System.Diagnostics.CodeAnalysis;

namespace Keker.Server.Broker.Log;

/// <summary>The messages of one topic that clients cannot take: who chokes on one would come back for it for ever, and get nothing behind it.</summary>
/// <remarks>Not thread-safe: the topic's lock guards it. A note lives as long as its message is in the log.</remarks>
internal sealed class Skips
{
    /// <summary>Clients of one topic that are remembered, the oldest forgotten first: some 200 bytes each.</summary>
    public const int MostClients = 1024;

    /// <summary>Times that a client gets a message again and goes away without a word, before it is not sent it any more.</summary>
    public const int MostTimes = 3;

    /// <summary>Milliseconds after its HELLO in which a client goes away that cannot take what it got.</summary>
    public const long MostPatience = 10_000;

    private readonly Dictionary<ClientKey, SkipNote> _notes = [];
    private readonly Queue<ClientKey> _byAge = new();

    /// <summary>The end of a session tells of a message that its client may not be able to take.</summary>
    /// <param name="skips">What is known; made when there is something to know.</param>
    /// <param name="refused">The message.</param>
    /// <param name="tail">Where the log begins.</param>
    /// <param name="context">Counts it.</param>
    /// <returns>The offset before which the client has had everything; null where that is not known.</returns>
    public static long? Note(ref Skips? skips, Refused refused, long tail, BrokerContext context)
    {
        // Who did not go by itself adds nothing to what is not known.
        if (skips is null && !refused.IsCertain && !refused.Counts)
            return null;
        if ((skips ??= new Skips()).Add(refused, tail, context.Clock.Now))
            context.Counters.Skipped.Increment();

        // What is only on its way may be larger than the one that the client chokes on, and stand behind it.
        return refused.IsCertain && refused.Offset < refused.Member.Cursor ? refused.Offset : null;
    }

    /// <summary>What a client is not sent; null for nothing.</summary>
    /// <param name="client">The client.</param>
    /// <param name="tail">Where the log begins.</param>
    public long[]? Of(ClientKey client, long tail)
    {
        if (!_notes.TryGetValue(client, out SkipNote? note))
            return null;
        note.Trim(tail);
        return note.Skipped.Length > 0 ? note.Skipped : null;
    }

    /// <summary>The end of a session tells of a message that its client cannot take.</summary>
    /// <param name="refused">The message.</param>
    /// <param name="tail">Where the log begins.</param>
    /// <param name="now">Milliseconds of the clock.</param>
    /// <returns>True when the client is not sent it any more from now on.</returns>
    private bool Add(Refused refused, long tail, long now)
    {
        ClientKey client = refused.Member.Client;
        if (!_notes.TryGetValue(client, out SkipNote? note) && !TryAdd(client, refused, out note))
            return false;
        note.Trim(tail);
        if (!refused.IsCertain)
        {
            note.WentAway(refused.Offset, refused.Counts, refused.Member.Redelivery?.HelloAt ?? 0, now);
            if (note.Times < MostTimes)
                return false;
        }
        note.Skip(refused.Offset);
        return true;
    }

    /// <returns>False when there is nothing to remember: the client did not go by itself.</returns>
    private bool TryAdd(ClientKey client, Refused refused, [NotNullWhen(true)] out SkipNote? note)
    {
        note = null;
        if (!refused.IsCertain && !refused.Counts)
            return false;
        if (_byAge.Count == MostClients)
            _notes.Remove(_byAge.Dequeue());
        note = new SkipNote();
        _notes.Add(client, note);
        _byAge.Enqueue(client);
        return true;
    }
}
