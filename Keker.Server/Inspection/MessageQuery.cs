using Keker.Protocol.Commands;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Inspection;

/// <summary>Which message somebody asks for. Immutable.</summary>
/// <param name="Key">Its Idempotency-Key; null where it is asked for by its id.</param>
/// <param name="Id">Its id.</param>
/// <param name="Kind">Whose message it is, where that is said.</param>
/// <param name="Name">The token or the topic's name; null where it is not said: then all are looked through.</param>
internal sealed record MessageQuery(byte[]? Key, MessageId Id, TopicKind Kind, byte[]? Name);
