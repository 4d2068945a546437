using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;

namespace Keker.Server.Broker.Topics;

/// <summary>How many members of one topic are of which kind.</summary>
/// <remarks>A mutable struct: keep it in a field. The topic's lock guards it; <see cref="Deflating"/> may be read without it as a hint.</remarks>
internal struct MemberCounts
{
    private int _deflating;
    private int _untold;

    /// <summary>Those that have negotiated compression for messages of any size: what is within a smaller window is deflated in no time.</summary>
    public readonly int Deflating => Volatile.Read(in _deflating);

    /// <summary>Those whose clients confirm what they get.</summary>
    public int Confirming { get; private set; }

    /// <summary>Those for which is kept what they have not confirmed.</summary>
    public int Retained { get; private set; }

    /// <summary>How long something has to be kept for members that are not looked at one by one.</summary>
    public readonly TimeSpan RetainedFor(BrokerLimits limits) =>
        _untold > 0 && limits.Cache > limits.ConfirmTime ? limits.Cache : limits.ConfirmTime;

    /// <summary>A member comes or goes.</summary>
    /// <param name="member">The member.</param>
    /// <param name="change">1 or -1.</param>
    /// <param name="members">How many there are now.</param>
    /// <param name="context">Counts over all topics.</param>
    public void Count(Subscription member, int change, int members, BrokerContext context)
    {
        if (member.Topic.Kind == TopicKind.Named)
            context.SubscriptionMemory.Add(change * BrokerLimits.SubscriptionBytes);
        if (members == Math.Max(change, 0))
            Turn(member.Topic, change, context);
        _deflating += member.Session.Variant == Variant.Deflated ? change : 0;
        Confirming += member.Session.Confirms ? change : 0;
        Retained += member.IsRetained ? change : 0;
        _untold += member.IsRetained && !member.Session.Confirms ? change : 0;
    }

    /// <summary>The first has come, or the last has gone.</summary>
    private static void Turn(Topic topic, int change, BrokerContext context)
    {
        if (topic.Kind == TopicKind.Token)
            context.Topics.Occupied.Add(change);
        if (topic.Kind is TopicKind.Broadcast or TopicKind.Internal)
            return;
        if (change > 0)
            context.Presence?.Occupied(topic, change);
        else
            context.Presence?.Emptied(topic);
    }
}
