namespace Keker.Server.Observability;

/// <summary>How much of the memory that the process may use is in use.</summary>
internal enum MemoryPressure
{
    /// <summary>Enough is left.</summary>
    None,

    /// <summary>Over the soft mark: no new subscribers.</summary>
    Soft,

    /// <summary>Over the hard mark: no new messages either.</summary>
    Hard,
}
