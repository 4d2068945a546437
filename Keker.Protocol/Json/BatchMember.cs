namespace Keker.Protocol.Json;

/// <summary>The members a line of a batch may have, as bits: what has been seen is a set.</summary>
[Flags]
internal enum BatchMember : byte
{
    Unknown = 0,
    Token = 1,
    Topic = 2,
    Data = 4,
    Base64 = 8,
    Json = 16,
    Ttl = 32,
    CollapseKey = 64,
    IdempotencyKey = 128,

    /// <summary>Those of which there is exactly one.</summary>
    Bodies = Data | Base64 | Json,
}
