using Keker.Protocol.Commands;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Sessions;

/// <summary>
/// The sending side of an event stream of several subscriptions: one id resumes all of them, so it says where the stream stands in each.
/// </summary>
/// <remarks>Thread-safe, as every session.</remarks>
internal sealed class ListedStreamSession : EventStreamSession
{
    private ListedEvents _events = null!;
    private JoinResult[] _joined = [];
    private int _notSettled;

    /// <param name="transport">The way to the client.</param>
    /// <param name="context">What all sessions share.</param>
    public ListedStreamSession(ISessionTransport transport, BrokerContext context)
        : base(transport, context)
    {
        Variant = Variant.EventWithoutId;
    }

    /// <summary>It has joined its topics, and none of them is delivered.</summary>
    /// <param name="joined">The subscriptions in the order of the id.</param>
    public void Begin(JoinResult[] joined)
    {
        _joined = joined;
        _events = new ListedEvents(Array.ConvertAll(joined, subscription => subscription.Member));
        _notSettled = joined.Length;
    }

    /// <summary>None begins before it is known where each begins: an id that says it of one only would have a client lose what was before the others.</summary>
    public override void Deliver(Subscription member)
    {
        if (member.Topic.Kind == TopicKind.Broadcast)
        {
            Start(member);
            return;
        }
        if (Interlocked.Decrement(ref _notSettled) > 0)
            return;
        Open(_events.Opening(Array.ConvertAll(_joined, subscription => subscription.Resume)));
        foreach (JoinResult subscription in _joined)
            Start(subscription.Member);
        _joined = [];
    }

    protected override Batch? EncodeAlone(Subscription member, BatchEncoder encoder, long before) => member.Topic.Kind == TopicKind.Broadcast
        ? encoder.Get(member.Cursor, Variant.EventStream, before)
        : _events.Read(member, Math.Min(encoder.Head, before));

    protected override byte[] Gap(Subscription member, MessageId from, MessageId to) => _events.Gap(member, from, to);
}
