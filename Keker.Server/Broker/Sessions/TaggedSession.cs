using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Sessions;

/// <summary>The sending side of a client of keker.v2: it is told where the messages of a topic begin, before it gets any.</summary>
/// <remarks>Thread-safe, as every session; <see cref="DelayStart"/> and <see cref="DeliverDelayed"/> are for whoever reads the connection.</remarks>
internal sealed class TaggedSession : Session
{
    private DelayedStart? _delayed;

    /// <param name="transport">The way to the client.</param>
    /// <param name="context">What all sessions share.</param>
    public TaggedSession(ISessionTransport transport, BrokerContext context)
        : base(transport, context)
    {
        Variant = Variant.Tagged;
    }

    /// <summary>A member is not delivered to by itself when it could be: its check of predecessors may still move its start back. One at a time.</summary>
    /// <param name="member">One that has joined and has not begun.</param>
    /// <returns>Completes when its beginning is settled; the caller then starts it.</returns>
    public Task DelayStart(Subscription member)
    {
        var delayed = new DelayedStart(member, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Volatile.Write(ref _delayed, delayed);
        return delayed.Decided.Task;
    }

    /// <summary>Starts a member whose client has been told where: one that was delayed, or one that did not have to be.</summary>
    public void DeliverDelayed(Subscription member)
    {
        Volatile.Write(ref _delayed, null);
        base.Deliver(member);
    }

    public override void Deliver(Subscription member)
    {
        if (Volatile.Read(ref _delayed) is { } delayed && delayed.Member == member)
            delayed.Decided.SetResult();
        else
            base.Deliver(member);
    }
}
