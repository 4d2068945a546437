namespace Keker.Server.Access;

/// <summary>What a backend is told of who says HELLO. Immutable.</summary>
/// <param name="Address">The address, 4 or 16 bytes; empty where it has none.</param>
/// <param name="Origin">The origin of its page; null for none.</param>
/// <param name="UserAgent">What it says that it is; null for nothing.</param>
internal sealed record Visitor(byte[] Address, string? Origin, string? UserAgent);
