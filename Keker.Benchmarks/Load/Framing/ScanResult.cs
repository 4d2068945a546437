namespace Keker.Benchmarks.Load.Framing;

/// <summary>What a scanner has found.</summary>
internal enum ScanResult : byte
{
    /// <summary>The input is used up.</summary>
    NeedMore,

    /// <summary>Bytes of a message, or a message.</summary>
    Data,

    Ping,
    Pong,
    Close,

    /// <summary>What no server may send; nothing after it can be understood.</summary>
    Malformed,
}
