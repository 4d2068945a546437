namespace Keker.Benchmarks.Load.Measures;

/// <summary>How a message of a stream came.</summary>
internal enum Arrival : byte
{
    /// <summary>Next, or after some that have not come.</summary>
    Ahead,

    /// <summary>After one with a higher number.</summary>
    OutOfOrder,

    Duplicate,
}
