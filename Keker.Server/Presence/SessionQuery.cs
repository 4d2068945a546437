using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Presence;

/// <summary>Which sessions are meant: those of a token, or those that subscribe to a topic. Immutable.</summary>
/// <param name="Kind">Token or named.</param>
/// <param name="Name">The token or the name of the topic.</param>
/// <param name="Id">Of those only the one with this id; null for all.</param>
internal sealed record SessionQuery(TopicKind Kind, byte[] Name, ulong? Id)
{
    /// <summary>Where they are members; null where there are none.</summary>
    public Topic? Find(BrokerContext context) => (Kind == TopicKind.Token ? context.Topics : context.NamedTopics).Find(Name);

    /// <summary>Whether a member of that topic is meant.</summary>
    public bool Names(Session session) => Id is null || Id == session.Id;
}
