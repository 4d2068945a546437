namespace Keker.Tests.Server.Broker.Log;

/// <summary>The rule of where a HELLO starts after breaks (SPEC 4, "Coming back"), in as few lines as it takes: what the broker has to agree with.</summary>
/// <param name="resume">How long a position holds, in seconds.</param>
internal sealed class ComingBackModel(int resume)
{
    private readonly List<ModelPosition> _positions = [];

    public List<ModelSession> Sessions { get; } = [];

    public int Now { get; private set; }

    /// <summary>Those that a HELLO asks: they have something unconfirmed, or look like its client.</summary>
    public List<ModelSession> AskedBy(ulong mark, long head) => Sessions.FindAll(session => session.Confirmed < head || session.Mark == mark);

    /// <summary>A HELLO, once everybody who was asked has answered or not.</summary>
    /// <returns>Where it starts.</returns>
    public long Hello(ModelSession session, List<ModelSession> silent, long head)
    {
        foreach (ModelSession other in silent)
        {
            if (other.Suspected is null)
                _positions.Add(other.Suspected = new ModelPosition(other.Confirmed, other.Mark) { Suspect = other });
        }

        // A position whose taker itself counts as broken is replaced by the taker's own.
        List<ModelPosition> holding = _positions.FindAll(position => position.Taker?.Suspected is null);
        List<ModelPosition> own = holding.FindAll(position => position.Mark == session.Mark);
        List<ModelPosition> free = own.FindAll(position => position.Taker is null);
        long start = (free.Count > 0 ? own : holding).Select(position => position.Offset).DefaultIfEmpty(head).Min();
        if (free.Count == 1)
            (session.Taken, free[0].Taker) = (free[0], session);
        Sessions.Add(session);
        return start;
    }

    /// <summary>A session has answered.</summary>
    public void Answered(ModelSession session)
    {
        if (session.Suspected is { } position)
            Drop(position);
        session.Suspected = null;
    }

    /// <summary>A break that the server has noticed.</summary>
    public void End(ModelSession session)
    {
        Sessions.Remove(session);
        if (session.Taken is { } taken)
            Drop(taken);
        if (session.Suspected is { } suspected)
            (suspected.Suspect, suspected.ExpiresAt) = (null, Now + resume);
        else
            _positions.Add(new ModelPosition(session.Confirmed, session.Mark) { ExpiresAt = Now + resume });
        session.Suspected = null;
    }

    /// <summary>A second passes.</summary>
    public void Tick()
    {
        Now++;
        foreach (ModelPosition position in _positions.FindAll(position => position.Suspect is null && position.ExpiresAt <= Now))
            Drop(position);
    }

    private void Drop(ModelPosition position)
    {
        _positions.Remove(position);
        if (position.Taker is { } taker)
            taker.Taken = null;
    }
}
