using Keker.Server.Broker.Cache;
using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker;

/// <summary>The broker as HTTP and WebSocket see it: publish, broadcast, subscribe.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class MessageBroker : IDisposable
{
    private readonly FanOutWorkers _fanOut;
    private readonly Topic _broadcast;

    public MessageBroker(BrokerContext context)
    {
        Context = context;
        _fanOut = new FanOutWorkers(context);
        _broadcast = new Topic(TopicKind.Broadcast, [], context);
    }

    public BrokerContext Context { get; }

    /// <summary>Appends to the topic of a token, or to its cache when nobody is there.</summary>
    /// <param name="token">A valid token (SPEC: 1 to 512 bytes).</param>
    /// <param name="publication">The message.</param>
    /// <param name="dirty">Gets the topic when it has to be flushed; the caller flushes before it waits for anything.</param>
    /// <param name="terms">What the publisher asks for beside delivery.</param>
    /// <param name="receipt">Learns which sessions have confirmed it; null where nobody waits for that.</param>
    public PublishResult Publish(
        ReadOnlySpan<byte> token, Publication publication, DirtyTopics dirty, PublishTerms? terms = null, Receipt? receipt = null) =>
        HasMemory ? Publish(Context.Topics, token, publication, dirty, terms, receipt) : new PublishResult(PublishOutcome.OutOfMemory);

    /// <summary>The same for a topic that sessions subscribe to by name.</summary>
    public PublishResult PublishToTopic(
        ReadOnlySpan<byte> name, Publication publication, DirtyTopics dirty, PublishTerms? terms = null, Receipt? receipt = null) =>
        HasMemory ? Publish(Context.NamedTopics, name, publication, dirty, terms, receipt) : new PublishResult(PublishOutcome.OutOfMemory);

    /// <summary>
    /// Publishes to one recipient after the other. Where one has no room, the caller waits for it and calls this again: it goes on with that one. A message
    /// that another recipient has already is not refused for want of memory any more.
    /// </summary>
    /// <param name="request">The message; gets how far it has come.</param>
    /// <param name="dirty">Gets the topics that have to be flushed; the caller flushes before it waits for anything.</param>
    /// <returns>Published once all recipients are done with, whatever became of it at each; no room; or out of memory.</returns>
    public PublishResult Publish(PublishRequest request, DirtyTopics dirty)
    {
        if (request.Done == 0 && !HasMemory)
            return new PublishResult(PublishOutcome.OutOfMemory);
        if (request.Recipients.Count == 0)
            return Broadcast(request, dirty);
        for (; request.Done < request.Recipients.Count; request.Done++)
        {
            SubscriberTable topics = request.Recipients.IsTopic(request.Done) ? Context.NamedTopics : Context.Topics;
            PublishResult result = Publish(topics, request.Recipients.Name(request.Done), request.Publication!, dirty, request.Terms, request.Receipt);
            if (result.Outcome == PublishOutcome.NoRoom)
                return result;
            request.Sessions += result.Sessions;
            request.Cached += result.Outcome == PublishOutcome.Cached ? 1 : 0;
        }
        return new PublishResult(PublishOutcome.Published, request.Sessions);
    }

    /// <summary>Appends for every session. Broadcasts are not cached.</summary>
    public PublishResult Broadcast(Publication publication, DirtyTopics dirty)
    {
        if (!HasMemory)
            return new PublishResult(PublishOutcome.OutOfMemory);
        PublishResult appended = _broadcast.Append(publication);
        if (appended.Outcome == PublishOutcome.NoRoom)
            return appended;
        Context.Counters.Broadcasts.Increment();
        if (appended.Outcome == PublishOutcome.Published)
            dirty.Add(_broadcast);
        return new PublishResult(PublishOutcome.Published, appended.Sessions, (int)Context.Topics.Occupied.Value);
    }

    /// <summary>Flushes what a connection made dirty.</summary>
    public void Flush(DirtyTopics dirty) => dirty.Flush(_fanOut, Context);

    /// <summary>HELLO: the session joins its token's topic and the broadcast; what was cached goes out before what is live.</summary>
    /// <param name="session">The session.</param>
    /// <param name="token">Its token.</param>
    /// <param name="resume">What a client says that it has; null for one that says nothing.</param>
    public void Subscribe(Session session, ReadOnlySpan<byte> token, ResumePoint? resume = null)
    {
        if (TryJoin(session, token, resume, out JoinResult own))
            Deliver(own);
    }

    /// <summary>The same in two steps: nothing goes out before <see cref="Deliver"/>, so that an answer can go first.</summary>
    /// <param name="session">The session; not closing.</param>
    /// <param name="token">What it said.</param>
    /// <param name="resume">The last message it has; null when it does not say.</param>
    /// <param name="own">Where it begins.</param>
    /// <returns>False when it is being closed: it would take what was cached for a client that comes back.</returns>
    public bool TryJoin(Session session, ReadOnlySpan<byte> token, ResumePoint? resume, out JoinResult own)
    {
        own = default;
        if (session.CloseRequested is { AfterLog: false })
            return false;
        PredecessorCheck? check;
        do
            session.OwnTopic = new Subscription(Context.Topics.GetOrAdd(token), session);
        while (!session.OwnTopic.Topic.TryJoin(session.OwnTopic, out check, resume: resume));
        session.Broadcast = new Subscription(_broadcast, session);
        _broadcast.TryJoin(session.Broadcast, out _);
        session.Joined();
        own = new JoinResult(session.OwnTopic, check, resume);
        return true;
    }

    /// <summary>A session begins that says no HELLO: it is in topics by name only, and gets no broadcasts.</summary>
    /// <returns>False when it is being closed.</returns>
    public static bool TryBegin(Session session)
    {
        if (session.CloseRequested is { AfterLog: false })
            return false;
        session.Joined();
        return true;
    }

    /// <summary>The same for a topic of the server's own.</summary>
    /// <param name="session">The session.</param>
    /// <param name="topic">The topic, which is in no table and stays.</param>
    /// <param name="joined">Where it begins.</param>
    public static bool TryBegin(Session session, Topic topic, out JoinResult joined)
    {
        joined = default;
        if (!TryBegin(session))
            return false;
        var member = new Subscription(topic, session);
        topic.TryJoin(member, out PredecessorCheck? _);
        session.Joined(member);
        joined = new JoinResult(member, PredecessorCheck: null, Resume: null);
        return true;
    }

    /// <summary>SUBSCRIBE: a session joins a topic by name. For whoever reads its connection.</summary>
    /// <param name="session">The session.</param>
    /// <param name="name">The topic.</param>
    /// <param name="resume">The last message it has; null when it does not say.</param>
    /// <param name="joined">Where it begins; where it is, if it was in the topic already.</param>
    /// <returns>False when the session has as many topics as it may have.</returns>
    public bool TryJoinTopic(Session session, ReadOnlySpan<byte> name, ResumePoint? resume, out JoinResult joined)
    {
        while (true)
        {
            if (Context.NamedTopics.Find(name) is { } known && session.Find(known) is { } present)
            {
                joined = new JoinResult(present, PredecessorCheck: null, Resume: null, IsNew: false);
                return true;
            }
            joined = default;
            if (!session.HasRoomForTopic)
                return false;
            Topic topic = Context.NamedTopics.GetOrAdd(name);
            var member = new Subscription(topic, session);
            Session[]? lookAlikes = topic.MemberCount > 0 && member.HasCompanions ? Joining.LookAlikesOf(session.OwnTopic!.Topic, session) : [];
            if (!topic.TryJoin(member, out PredecessorCheck? check, resume, lookAlikes))
                continue;
            session.Joined(member);
            joined = new JoinResult(member, check, resume);
            return true;
        }
    }

    /// <summary>Lets a session that has joined have its messages.</summary>
    public void Deliver(JoinResult joined)
    {
        if (joined.PredecessorCheck is not null)
            Settle(joined);
        if (joined.IsNew && joined.PredecessorCheck is null or { StartsAtOnce: true })
            joined.Member.Session.Deliver(joined.Member);
        DeliverBroadcasts(joined);
    }

    /// <summary>The sessions that the new one waits for, or that it may take over from, are asked what has arrived; what they answer settles where it begins.</summary>
    /// <param name="joined">With a check of predecessors.</param>
    public void Settle(JoinResult joined)
    {
        Context.Waits.Add(joined.Member.Topic);
        joined.Member.Topic.Waits.Begin(joined.PredecessorCheck!);
    }

    /// <summary>Lets a session have its messages that has been told where they begin, which was settled before.</summary>
    public static void DeliverSettled(TaggedSession session, JoinResult joined)
    {
        if (joined.IsNew)
            session.DeliverDelayed(joined.Member);
        DeliverBroadcasts(joined);
    }

    /// <summary>UNSUBSCRIBE: the session leaves a topic by name, and nothing is kept for it. For whoever reads its connection.</summary>
    /// <returns>False when it was not in it.</returns>
    public bool UnsubscribeFrom(Session session, ReadOnlySpan<byte> name)
    {
        if (Context.NamedTopics.Find(name) is not { } topic || session.Find(topic) is not { } member)
            return false;
        session.Left(member);
        topic.Leave(member);
        return true;
    }

    /// <summary>Lets go of messages whose time is up and of those that have been confirmed. The heartbeat calls it.</summary>
    public void DropExpired()
    {
        Context.CacheLedger.DropExpired();
        Context.Breaks.DropExpired();
        Context.Breaks.DropOverBound();

        // What was kept for positions that have ended may wait now.
        Context.CacheLedger.DropOverBound();
        Context.Retained.Sweep(Context.Clock.Now);
    }

    public void Dispose()
    {
        Context.Waits.Dispose();
        _fanOut.Dispose();
    }

    private static void DeliverBroadcasts(JoinResult joined)
    {
        if (joined.Member.Topic.Kind == TopicKind.Token)
            joined.Member.Session.Deliver(joined.Member.Session.Broadcast!);
    }

    private bool HasMemory => Context.Memory.Bytes <= Context.Limits.LogMemory;

    /// <summary>Whether a message can wait for a recipient that nobody has ever heard of.</summary>
    private bool IsCacheable(Publication publication, PublishTerms? terms) =>
        (terms?.TimeToLive ?? Context.Limits.Cache) > TimeSpan.Zero && Context.CacheLedger.IsCacheable(publication);

    private void CountPublished(SubscriberTable topics) =>
        (topics == Context.Topics ? Context.Counters.PublishedToTokens : Context.Counters.PublishedToTopics).Increment();

    private PublishResult Broadcast(PublishRequest request, DirtyTopics dirty)
    {
        PublishResult result = Broadcast(request.Publication!, dirty);
        request.Sessions = result.Sessions;
        request.Tokens = result.Recipients;
        return result;
    }

    private PublishResult Publish(
        SubscriberTable topics, ReadOnlySpan<byte> name, Publication publication, DirtyTopics dirty, PublishTerms? terms, Receipt? receipt)
    {
        while (true)
        {
            Topic? topic = topics.Find(name);
            PublishResult result = topic?.Append(publication, receipt, terms) ?? new PublishResult(PublishOutcome.NotFound);
            switch (result.Outcome)
            {
                case PublishOutcome.Published:
                    dirty.Add(topic!);
                    CountPublished(topics);
                    if (terms is not null && topic!.Kind == TopicKind.Named)
                        Context.CacheLedger.DropOverBound();
                    return result;
                case PublishOutcome.NoRoom:
                    return result;
                case PublishOutcome.NotFound:
                    if (topic is null && !IsCacheable(publication, terms))
                        return result;
                    PublishOutcome kept = (topic ?? topics.GetOrAdd(name)).Keep(publication, terms);
                    if (kept == PublishOutcome.NotFound)
                        return result;
                    if (kept == PublishOutcome.Retired)
                        break;
                    CountPublished(topics);
                    Context.Counters.Cached.Increment();
                    Context.CacheLedger.DropOverBound();
                    Context.Breaks.DropOverBound();
                    return new PublishResult(PublishOutcome.Cached);
            }
        }
    }
}
