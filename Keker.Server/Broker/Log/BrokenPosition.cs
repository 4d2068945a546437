namespace Keker.Server.Broker.Log;

/// <summary>How far a session had confirmed when its connection broke.</summary>
/// <param name="Offset">Everything before it has arrived.</param>
/// <param name="ExpiresAt">Until then, in milliseconds of the clock, a HELLO starts here.</param>
/// <param name="Token">The token whose HELLO that is; in the topic of a token it is its own.</param>
internal readonly record struct BrokenPosition(long Offset, long ExpiresAt, byte[] Token);
