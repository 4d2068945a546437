namespace Keker.Server.Broker;

/// <summary>The subscriptions of one session: its own topic, the broadcast, and the topics it asked for.</summary>
/// <remarks>
/// A mutable struct: keep it in a field. Whoever reads the connection adds and removes, all others read: the array is replaced, never changed.
/// </remarks>
internal struct SessionTopics
{
    private const int NoMember = 0;
    private const int Member = 1;
    private const int Former = 2;

    private int _membership;

    /// <summary>The topic of the session's token, from HELLO on.</summary>
    public Subscription? Own { get; set; }

    /// <summary>The broadcast, from HELLO on.</summary>
    public Subscription? Broadcast { get; set; }

    /// <summary>True when a message was sent that is not confirmed.</summary>
    public readonly bool IsUnconfirmed => Own is { IsUnconfirmed: true };

    /// <summary>The session is a member of its topics.</summary>
    /// <returns>False when it has left meanwhile: it has to leave again.</returns>
    public bool TryJoin() => Interlocked.CompareExchange(ref _membership, Member, NoMember) == NoMember;

    /// <returns>True for who has to take it out of its topics.</returns>
    public bool TryLeave() => Interlocked.Exchange(ref _membership, Former) == Member;

    /// <summary>Takes the session out of its topics.</summary>
    /// <param name="isBreak">True unless the client said goodbye: what is not confirmed is kept for its next HELLO.</param>
    public readonly void Leave(bool isBreak)
    {
        Own!.Topic.Leave(Own, isBreak);
        Broadcast!.Topic.Leave(Broadcast, isBreak);
    }

    /// <summary>A barrier goes out behind everything up to the cursors. For the owner of the gate.</summary>
    /// <param name="member">The one that is being sent to; null for none.</param>
    /// <param name="cursor">Where its cursor will be.</param>
    public readonly void NoteBarrier(Subscription? member = null, long cursor = 0)
    {
        if (Own is { } own)
            own.BarrierCursor = own == member ? cursor : own.Cursor;
    }

    /// <summary>The barrier was answered.</summary>
    public readonly void Confirm() => Own?.Confirm();

    /// <summary>After <see cref="Confirm"/>, and after the barrier was noted as answered: topics let go of what everybody has.</summary>
    public readonly void Release()
    {
        if (Own is { } own)
            own.Topic.OnConfirmed();
    }
}
