namespace Keker.Protocol.Tokens;

/// <summary>Claims that have a meaning here.</summary>
[Flags]
internal enum ClaimSet
{
    None = 0,
    Subject = 1,
    ExpiresAt = 2,
    NotBefore = 4,
    IssuedAt = 8,
    Topic = 16,
    Channels = 32,
    Subscribe = 64,
    Publish = 128,
}
