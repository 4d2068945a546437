namespace Keker.Server.Broker;

/// <summary>The broker as HTTP and WebSocket see it: publish, broadcast, subscribe.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class MessageBroker : IDisposable
{
    private readonly FanOut _fanOut;
    private readonly Topic _broadcast;

    public MessageBroker(BrokerContext context)
    {
        Context = context;
        _fanOut = new FanOut(context);
        _broadcast = new Topic(TopicKind.Broadcast, [], context);
    }

    public BrokerContext Context { get; }

    /// <summary>Appends to the topic of a token, or to its cache when nobody is there.</summary>
    /// <param name="token">A valid token (SPEC: 1 to 512 bytes).</param>
    /// <param name="publication">The message.</param>
    /// <param name="dirty">Gets the topic when it has to be flushed; the caller flushes before it waits for anything.</param>
    /// <param name="terms">What the publisher asks for beside delivery.</param>
    /// <param name="isBegun">True when another recipient has the same message: it is not refused for want of memory any more.</param>
    public PublishResult Publish(
        ReadOnlySpan<byte> token, Publication publication, DirtyTopics dirty, PublishTerms? terms = null, bool isBegun = false) =>
        Publish(Context.Topics, token, publication, dirty, terms, isBegun);

    /// <summary>The same for a topic that sessions subscribe to by name.</summary>
    public PublishResult PublishToTopic(
        ReadOnlySpan<byte> name, Publication publication, DirtyTopics dirty, PublishTerms? terms = null, bool isBegun = false) =>
        Publish(Context.NamedTopics, name, publication, dirty, terms, isBegun);

    /// <summary>Appends for every session. Broadcasts are not cached.</summary>
    public PublishResult Broadcast(Publication publication, DirtyTopics dirty)
    {
        if (Context.Memory.Bytes > Context.Limits.LogMemory)
            return new PublishResult(PublishOutcome.OutOfMemory);
        AppendResult appended = _broadcast.Append(publication);
        if (appended.Outcome == AppendOutcome.NoRoom)
            return new PublishResult(PublishOutcome.NoRoom) { Full = _broadcast };
        Context.Counters.Published.Increment();
        if (appended.Outcome == AppendOutcome.Appended)
            dirty.Add(_broadcast);
        return new PublishResult(PublishOutcome.Published, appended.Members, (int)Context.Topics.Occupied.Value);
    }

    /// <summary>Flushes what a connection made dirty.</summary>
    public void Flush(DirtyTopics dirty) => dirty.Flush(_fanOut, Context);

    /// <summary>HELLO: the session joins its token's topic and the broadcast; what was cached goes out before what is live.</summary>
    /// <param name="session">The session.</param>
    /// <param name="token">Its token.</param>
    /// <param name="resume">What a client says that it has; null for one that says nothing.</param>
    public void Subscribe(Session session, ReadOnlySpan<byte> token, ResumePoint? resume = null)
    {
        if (TryJoin(session, token, resume, out Arrival own))
            Begin(own);
    }

    /// <summary>The same in two steps: nothing goes out before <see cref="Begin"/>, so that an answer can go first.</summary>
    /// <param name="session">The session; not closing.</param>
    /// <param name="token">What it said.</param>
    /// <param name="resume">The last message it has; null when it does not say.</param>
    /// <param name="own">Where it begins.</param>
    /// <returns>False when it is being closed: it would take what was cached for a client that comes back.</returns>
    public bool TryJoin(Session session, ReadOnlySpan<byte> token, ResumePoint? resume, out Arrival own)
    {
        own = default;
        if (session.CloseRequested is { AfterLog: false })
            return false;
        HandOver? handOver;
        do
            session.OwnTopic = new Subscription(Context.Topics.GetOrAdd(token), session);
        while (!session.OwnTopic.Topic.TryJoin(session.OwnTopic, out handOver, resume: resume));
        session.Broadcast = new Subscription(_broadcast, session);
        _broadcast.TryJoin(session.Broadcast, out _);
        session.Joined();
        own = new Arrival(session.OwnTopic, handOver, resume);
        return true;
    }

    /// <summary>SUBSCRIBE: a session that has said HELLO joins a topic by name. For whoever reads its connection.</summary>
    /// <param name="session">The session.</param>
    /// <param name="name">The topic.</param>
    /// <param name="resume">The last message it has; null when it does not say.</param>
    /// <param name="arrival">Where it begins; where it is, if it was in the topic already.</param>
    /// <returns>False when the session has as many topics as it may have.</returns>
    public bool TryJoinTopic(Session session, ReadOnlySpan<byte> name, ResumePoint? resume, out Arrival arrival)
    {
        while (true)
        {
            if (Context.NamedTopics.Find(name) is { } known && session.Find(known) is { } present)
            {
                arrival = new Arrival(present, HandOver: null, Resume: null, IsNew: false);
                return true;
            }
            arrival = default;
            if (!session.HasRoomForTopic)
                return false;
            Topic topic = Context.NamedTopics.GetOrAdd(name);
            var member = new Subscription(topic, session);
            if (!topic.TryJoin(member, out HandOver? handOver, resume))
                continue;
            session.Joined(member);
            arrival = new Arrival(member, handOver, resume);
            return true;
        }
    }

    /// <summary>Lets a session that has joined have its messages.</summary>
    public void Begin(Arrival arrival)
    {
        if (arrival.HandOver is { } handOver)
        {
            Context.Waits.Add(arrival.Member.Topic);
            arrival.Member.Topic.Waits.Begin(handOver);
        }
        else if (arrival.IsNew)
        {
            arrival.Member.Session.Start(arrival.Member);
        }
        if (arrival.Member.Topic.Kind == TopicKind.Token)
            arrival.Member.Session.Start(arrival.Member.Session.Broadcast!);
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
        Context.Retained.Sweep(Context.Clock.Now);
    }

    public void Dispose()
    {
        Context.Waits.Dispose();
        _fanOut.Dispose();
    }

    private bool IsCacheable(Publication publication, PublishTerms? terms) =>
        (terms?.TimeToLive ?? Context.Limits.Cache) > TimeSpan.Zero && publication.Payload.Length <= Context.Limits.CacheSize
        && Context.CacheLedger.HasRoomFor(publication);

    private PublishResult Publish(
        SubscriberTable topics, ReadOnlySpan<byte> name, Publication publication, DirtyTopics dirty, PublishTerms? terms, bool isBegun)
    {
        if (!isBegun && Context.Memory.Bytes > Context.Limits.LogMemory)
            return new PublishResult(PublishOutcome.OutOfMemory);
        while (true)
        {
            Topic? topic = topics.Find(name);
            AppendResult appended = topic?.Append(publication, terms?.Receipt) ?? AppendResult.NoMembers;
            switch (appended.Outcome)
            {
                case AppendOutcome.Appended:
                    dirty.Add(topic!);
                    Context.Counters.Published.Increment();
                    return new PublishResult(PublishOutcome.Published, appended.Members, 1);
                case AppendOutcome.NoRoom:
                    return new PublishResult(PublishOutcome.NoRoom) { Full = topic };
                case AppendOutcome.NoMembers:
                    if (!IsCacheable(publication, terms))
                    {
                        if (terms?.CollapseKey is { } key)
                            topic?.Collapse(key);
                        return new PublishResult(PublishOutcome.NotFound);
                    }
                    if ((topic ?? topics.GetOrAdd(name)).Cache(publication, terms).Outcome != AppendOutcome.Cached)
                        break;
                    Context.Counters.Published.Increment();
                    Context.Counters.Cached.Increment();
                    Context.CacheLedger.DropOverBound();
                    return new PublishResult(PublishOutcome.Cached);
            }
        }
    }
}
