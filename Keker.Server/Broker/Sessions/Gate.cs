namespace Keker.Server.Broker.Sessions;

/// <summary>
/// Ownership that nobody waits for: one thread at a time owns what the gate guards; whoever finds it owned leaves a note
/// ("look again") and goes on. Guards flush passes and the sending side of sessions.
/// </summary>
/// <remarks>
/// <para>
/// Safe for any number of threads. A mutable struct: keep it in a field, never copy it. The state is one int that only
/// <see cref="Interlocked"/> changes. Two variables (an owner flag and a dirty flag) would need a full fence between them,
/// or a note left in the moment of leaving would be lost until the next one.
/// </para>
/// <para>
/// Publish work, then call <see cref="TryEnter"/>: either the caller owns the gate and does the work, or the owner is certain
/// to look again after the work was published.
/// </para>
/// </remarks>
internal struct Gate
{
    private const int Idle = 0;
    private const int Busy = 1;
    private const int BusyAgain = 2;

    private int _state;

    /// <summary>Takes the gate, or tells its owner to look again.</summary>
    /// <returns>True: the caller owns the gate and must leave it. False: the owner will look again.</returns>
    public bool TryEnter()
    {
        while (true)
        {
            int seen = Interlocked.CompareExchange(ref _state, Busy, Idle);
            if (seen == Idle)
                return true;
            if (seen == BusyAgain || Interlocked.CompareExchange(ref _state, BusyAgain, Busy) != Idle)
                return false;
        }
    }

    /// <summary>Gives the gate back, unless somebody asked its owner to look again. Only the owner calls this.</summary>
    /// <returns>True: left. False: the caller still owns the gate and must look again before it tries to leave.</returns>
    public bool TryLeave()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Busy) == Busy)
            return true;
        Interlocked.Exchange(ref _state, Busy);
        return false;
    }
}
