using System.Buffers;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Presence;

/// <summary>Visits the sessions that a query names, a few at a time; what is done with each is left to those who derive from it.</summary>
internal abstract class SessionVisit(SessionQuery query, BrokerContext context) : ILongAnswer
{
    /// <summary>Members that are visited before others get their turn: closing each is a system call.</summary>
    private const int Step = 32;

    private readonly Subscription?[] _members = new Subscription?[Step];
    private MemberScan? _scan;
    private bool _hasBegun;

    /// <summary>The sessions that were visited.</summary>
    public int Count { get; private set; }

    public bool TryWrite(IBufferWriter<byte> output)
    {
        if (!_hasBegun)
            Begin(output);
        int read = _scan?.Read(_members) ?? 0;
        foreach (Subscription? member in _members.AsSpan(0, read))
        {
            // Whoever has left meanwhile is not here any more.
            if (!member!.HasLeft && query.Names(member.Session) && TryVisit(member.Session, output))
                Count++;
        }
        Array.Clear(_members);
        if (read > 0)
            return true;
        WriteEnd(output);
        return false;
    }

    public virtual void Dispose() => _scan?.Dispose();

    protected virtual void WriteBeginning(IBufferWriter<byte> output)
    {
    }

    /// <returns>False when the session does not count.</returns>
    protected abstract bool TryVisit(Session session, IBufferWriter<byte> output);

    protected abstract void WriteEnd(IBufferWriter<byte> output);

    private void Begin(IBufferWriter<byte> output)
    {
        _hasBegun = true;
        if (query.Find(context) is { } topic)
            _scan = new MemberScan(topic);
        WriteBeginning(output);
    }
}
