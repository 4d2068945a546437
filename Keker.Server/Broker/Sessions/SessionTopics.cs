using Keker.Protocol.WebSocket;
using Keker.Server.Broker.Log;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Sessions;

/// <summary>The subscriptions of one session: its own topic and the broadcast, where it has said who it is, and the topics it asked for.</summary>
/// <remarks>
/// A mutable struct: keep it in a field. Whoever reads the connection adds and removes; all others read, in an array that is replaced, never changed.
/// </remarks>
internal struct SessionTopics()
{
    private const int NoMember = 0;
    private const int Member = 1;
    private const int Former = 2;

    private Subscription[] _named = [];
    private int _membership;

    /// <summary>The topic of the session's token, from HELLO on.</summary>
    public Subscription? Own { get; set; }

    /// <summary>The broadcast, from HELLO on.</summary>
    public Subscription? Broadcast { get; set; }

    /// <summary>The topics it asked for.</summary>
    public readonly ReadOnlySpan<Subscription> Named => Volatile.Read(in _named);

    /// <summary>True when a message was sent that is not confirmed.</summary>
    public readonly bool IsUnconfirmed
    {
        get
        {
            if (Own is { IsUnconfirmed: true })
                return true;
            foreach (Subscription member in Named)
            {
                if (member.IsUnconfirmed)
                    return true;
            }
            return false;
        }
    }

    /// <summary>True when there is a topic in which it does not know yet where it starts.</summary>
    public readonly bool IsAnyWithoutStart
    {
        get
        {
            if (Own is { HasStartOffset: false })
                return true;
            foreach (Subscription member in Named)
            {
                if (!member.HasStartOffset)
                    return true;
            }
            return false;
        }
    }

    /// <summary>The token has another session from now on: what this one has unconfirmed is to be known.</summary>
    public readonly void NoteNamedUnconfirmed()
    {
        foreach (Subscription member in Named)
            member.NoteUnconfirmed();
    }

    /// <summary>The session is a member of its own topic and of the broadcast, or has none.</summary>
    /// <returns>False when it has ended meanwhile: it has to leave again.</returns>
    public bool TryJoin() => Interlocked.CompareExchange(ref _membership, Member, NoMember) == NoMember;

    /// <returns>True for who has to take it out of its topics.</returns>
    public bool TryLeave() => Interlocked.Exchange(ref _membership, Former) == Member;

    public readonly Subscription? Find(Topic topic)
    {
        foreach (Subscription member in Named)
        {
            if (member.Topic == topic)
                return member;
        }
        return null;
    }

    /// <summary>The session has joined one more topic.</summary>
    /// <returns>False when the session has ended meanwhile: it has to leave the topic again.</returns>
    public bool TryAdd(Subscription member)
    {
        Volatile.Write(ref _named, [.. _named, member]);
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _membership) == Member;
    }

    public void Remove(Subscription member) => Volatile.Write(ref _named, Array.FindAll(_named, other => other != member));

    /// <summary>Takes the session out of its topics.</summary>
    /// <param name="isBreak">True unless the client said goodbye: what is not confirmed is kept for its next HELLO.</param>
    /// <param name="refused">What its client cannot take; null where nothing tells of such a message.</param>
    public readonly void Leave(bool isBreak, Refused? refused)
    {
        foreach (Subscription member in Named)
            member.Topic.Leave(member, isBreak, refused?.Member == member ? refused : null);
        Own?.Topic.Leave(Own, isBreak, refused?.Member == Own ? refused : null);
        Broadcast?.Topic.Leave(Broadcast, isBreak);
    }

    /// <summary>The message that the client cannot take, of all that it was sent and has not confirmed: the largest, the first binary one, or the first.</summary>
    /// <param name="clientCode">The code of the client's Close; 0 when it sent none.</param>
    /// <returns>Null when the end tells of none.</returns>
    public readonly Refused? FindRefused(ushort clientCode)
    {
        // Without a token nobody knows the client when it comes back.
        if (Own is null || clientCode is not (0 or CloseCode.MessageTooBig or CloseCode.UnsupportedData or CloseCode.InvalidPayload))
            return null;
        Subscription? worst = null;
        Candidate refused = default;
        Compare(Own, clientCode, ref worst, ref refused);
        foreach (Subscription member in Named)
            Compare(member, clientCode, ref worst, ref refused);
        if (worst is null)
            return null;

        // A broadcast may have been it. That is gone, and nothing else must go for it.
        int broadcast = clientCode is CloseCode.MessageTooBig or CloseCode.InvalidPayload ? Broadcast!.Topic.LongestUnconfirmed(Broadcast) : 0;
        if (broadcast > 0 && (clientCode == CloseCode.InvalidPayload || broadcast >= refused.Length))
            return null;
        return new Refused(worst, refused.Offset, IsCertain: clientCode != 0);
    }

    private static void Compare(Subscription member, ushort clientCode, ref Subscription? worst, ref Candidate refused)
    {
        if (member.Topic.FindCandidate(member, clientCode) is not { } candidate)
            return;
        bool isWorse = clientCode == CloseCode.MessageTooBig ? candidate.Length > refused.Length : candidate.AcceptedAt < refused.AcceptedAt;
        if (worst is not null && !isWorse)
            return;
        worst = member;
        refused = candidate;
    }

    /// <summary>A barrier goes out behind everything up to the cursors. For the owner of the gate.</summary>
    /// <param name="current">The one that is being sent to; null for none.</param>
    /// <param name="cursor">Where its cursor will be.</param>
    public readonly void MarkPinged(Subscription? current = null, long cursor = 0)
    {
        Own?.MarkPinged();
        Broadcast?.MarkPinged();
        foreach (Subscription member in Named)
            member.MarkPinged();
        current?.MarkPinged(cursor);
    }

    /// <summary>The barrier was answered.</summary>
    public readonly void Confirm()
    {
        Own?.Confirm();
        Broadcast?.Confirm();
        foreach (Subscription member in Named)
            member.Confirm();
    }

    /// <summary>After <see cref="Confirm"/>, and after the barrier was noted as answered: topics let go of what everybody has.</summary>
    public readonly void Release()
    {
        if (Own is not null && Own.TakeAnswer())
            Own.Topic.OnConfirmed(Own);
        foreach (Subscription member in Named)
        {
            if (member.TakeAnswer())
                member.Topic.OnConfirmed(member);
        }
    }
}
