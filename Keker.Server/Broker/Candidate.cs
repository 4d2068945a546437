namespace Keker.Server.Broker;

/// <summary>A message of one topic that a client may not be able to take.</summary>
/// <param name="Offset">The message.</param>
/// <param name="Length">Bytes of its payload.</param>
/// <param name="AcceptedAt">When it was accepted, in milliseconds of the clock.</param>
internal readonly record struct Candidate(long Offset, int Length, long AcceptedAt);
