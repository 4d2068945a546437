using Keker.Server.Broker.Topics;

namespace Keker.Server.Presence.Hooks;

/// <summary>One thing that a backend is told. Immutable.</summary>
/// <param name="Seq">Its number: one more than that of the event before it.</param>
/// <param name="Time">When it happened, in UTC.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Of">Whether to a token or to a topic by name; nothing for a reset.</param>
/// <param name="Name">To which; empty for a reset.</param>
/// <param name="Sessions">How many there are now.</param>
/// <param name="Key">The Idempotency-Key of a message that expired; null where it had none.</param>
internal readonly record struct HookEvent(long Seq, DateTime Time, HookEventKind Kind, TopicKind Of, byte[] Name, int Sessions, byte[]? Key);
