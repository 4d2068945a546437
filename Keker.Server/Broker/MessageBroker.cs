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
        _broadcast = new Topic([], context);
    }

    public BrokerContext Context { get; }

    /// <summary>Appends to the topic of a token, or to its cache when nobody is there.</summary>
    /// <param name="token">A valid token (SPEC: 1 to 512 bytes).</param>
    /// <param name="publication">The message.</param>
    /// <param name="dirty">Gets the topic when it has to be flushed; the caller flushes before it waits for anything.</param>
    public PublishResult Publish(ReadOnlySpan<byte> token, Publication publication, DirtyTopics dirty)
    {
        if (Context.Memory.Bytes > Context.Limits.LogMemory)
            return new PublishResult(PublishOutcome.OutOfMemory);
        while (true)
        {
            Topic? topic = Context.Topics.Find(token);
            AppendResult appended = topic?.Append(publication) ?? AppendResult.NoMembers;
            switch (appended.Outcome)
            {
                case AppendOutcome.Appended:
                    dirty.Add(topic!);
                    Context.Counters.Published.Increment();
                    return new PublishResult(PublishOutcome.Published, appended.Members, 1);
                case AppendOutcome.NoRoom:
                    return new PublishResult(PublishOutcome.NoRoom) { Full = topic };
                case AppendOutcome.NoMembers:
                    if (!IsCacheable(publication))
                        return new PublishResult(PublishOutcome.NotFound);
                    if ((topic ?? Context.Topics.GetOrAdd(token)).Cache(publication).Outcome != AppendOutcome.Cached)
                        break;
                    Context.Counters.Published.Increment();
                    Context.Counters.Cached.Increment();
                    Context.CacheLedger.DropOverBound();
                    return new PublishResult(PublishOutcome.Cached);
            }
        }
    }

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
    public void Subscribe(Session session, ReadOnlySpan<byte> token)
    {
        // It would take what was cached for a client that comes back.
        if (session.CloseRequested is { AfterLog: false })
            return;
        HandOver? handOver;
        do
            session.OwnTopic = new Subscription(Context.Topics.GetOrAdd(token), session);
        while (!session.OwnTopic.Topic.TryJoin(session.OwnTopic, out handOver));
        session.Broadcast = new Subscription(_broadcast, session);
        _broadcast.TryJoin(session.Broadcast, out _);
        session.Joined();
        if (handOver is null)
        {
            session.Start(session.OwnTopic);
        }
        else
        {
            handOver.Ask();
            Context.Waits.Add(handOver);
        }
        session.Start(session.Broadcast);
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

    private bool IsCacheable(Publication publication) =>
        Context.Limits.Cache > TimeSpan.Zero && publication.Payload.Length <= Context.Limits.CacheSize;
}
