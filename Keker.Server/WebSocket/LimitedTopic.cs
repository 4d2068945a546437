namespace Keker.Server.WebSocket;

/// <summary>A topic that a session has by a token of its own.</summary>
/// <param name="Name">The topic.</param>
/// <param name="EndsAt">The second since 1970 at which that is over.</param>
internal readonly record struct LimitedTopic(byte[] Name, long EndsAt);
