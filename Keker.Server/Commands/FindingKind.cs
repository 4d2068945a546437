namespace Keker.Server.Commands;

/// <summary>How bad it is.</summary>
internal enum FindingKind : byte
{
    /// <summary>All is well.</summary>
    Ok,

    /// <summary>The server would start, and somebody should look at it.</summary>
    Warning,

    /// <summary>The server would not start, or nobody could use it.</summary>
    Error,
}
