namespace Keker.Server.Access;

/// <summary>What a backend is told of who says HELLO. Immutable.</summary>
/// <param name="Address">The address, 4 or 16 bytes; empty where it has none.</param>
/// <param name="Origin">The origin of its page, valid UTF-8; null for none.</param>
/// <param name="UserAgent">What it says that it is, valid UTF-8; null for nothing.</param>
internal sealed record Visitor(byte[] Address, byte[]? Origin, byte[]? UserAgent);
