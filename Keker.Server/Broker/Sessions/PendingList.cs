using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Sessions;

/// <summary>The subscriptions of a session that wait to be flushed: an intrusive stack that anybody pushes to and one thread empties.</summary>
/// <remarks>
/// <see cref="Push"/> is for any thread, <see cref="Pop"/> for the owner of the session's gate. A mutable struct: keep it in a field.
/// Last in, first out is good enough: between topics there is no order to keep.
/// </remarks>
internal struct PendingList
{
    private Subscription? _pushed;
    private Subscription? _taken;

    /// <summary>True when nothing waits; for the owner of the gate.</summary>
    public readonly bool IsEmpty => _taken is null && Volatile.Read(in _pushed) is null;

    /// <summary>Adds a subscription whose mark the caller has just set; so it is in one list only, and once.</summary>
    public void Push(Subscription member)
    {
        Subscription? head = Volatile.Read(ref _pushed);
        while (true)
        {
            member.NextPending = head;
            Subscription? seen = Interlocked.CompareExchange(ref _pushed, member, head);
            if (seen == head)
                return;
            head = seen;
        }
    }

    /// <summary>Takes one out and clears its mark, before its topic's head is read: what is appended later marks it again.</summary>
    public Subscription? Pop()
    {
        if (_taken is null && Volatile.Read(ref _pushed) is not null)
            _taken = Interlocked.Exchange(ref _pushed, null);
        if (_taken is not { } member)
            return null;
        _taken = member.NextPending;
        member.NextPending = null;
        member.ClearPending();
        return member;
    }
}
