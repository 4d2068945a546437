using Keker.Server.Broker.Cache;
using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.Log;
using Keker.Server.Broker.Sessions;

namespace Keker.Server.Broker.Topics;

/// <summary>How a session begins in a topic. The topic's lock is held, where nothing else is said.</summary>
internal static class Joining
{
    /// <summary>A member begins that nobody has to be asked for.</summary>
    /// <param name="log">The topic's log.</param>
    /// <param name="member">The member; its cursor is where it begins that has no claim to more.</param>
    /// <param name="resume">What its client says that it has, behind which it begins; null where it says nothing.</param>
    public static void Begin(TopicLog log, Subscription member, ResumePoint? resume)
    {
        // Without a token it is nobody's client, who comes back with an id or as somebody else.
        bool isKnown = member.Client.Token.Length > 0;
        long start = resume is not null || !isKnown ? member.Cursor : log.StartOf(member.Client, member.Cursor);
        Start(log, member, start, resume);
        if (isKnown && member.IsRetained && log.HasBroken)
            log.Broken.TakeOver(member);
    }

    /// <summary>
    /// A member begins at an offset that is in the log: from there on all is kept for it, and what it is not sent is known. Before that it is sent what the topic
    /// keeps for newcomers.
    /// </summary>
    public static void Start(TopicLog log, Subscription member, long start, ResumePoint? resume)
    {
        member.SetStartOffset(log.RetainStart(start), log.SkippedFrom(start, member.Client));
        BeginWithKept(log.Kept, member, resume);
    }

    /// <summary>A member that has its start offset is sent before that what the topic keeps for newcomers, as far as it does not have it.</summary>
    public static void BeginWithKept(KeptMessages? kept, Subscription member, ResumePoint? resume)
    {
        if (kept is null)
            return;
        kept.DropExpired();
        bool continues = resume is { IsGap: false };
        long from = continues ? resume!.Start.Offset : kept.First;
        if (from < member.Cursor)
            member.BeginBefore(from, tellsLosses: continues);
    }

    /// <summary>In the topic of a token: the sessions that may be the same client as another one, as far as they look. Takes the topic's lock.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="session">The other one.</param>
    /// <returns>Null where there are more than a client has.</returns>
    public static Session[]? LookAlikesOf(Topic topic, Session session)
    {
        lock (topic)
        {
            return topic.Members.Count > Predecessors.Crowd
                ? null
                : [.. topic.Members.First(Predecessors.Crowd).Select(member => member.Session).Where(other => other.Mark == session.Mark)];
        }
    }
}
