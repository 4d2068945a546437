namespace Keker.Server.Client;

/// <summary>What came from the server.</summary>
internal enum Reception : byte
{
    /// <summary>A text message.</summary>
    Text,

    /// <summary>A binary message.</summary>
    Binary,

    /// <summary>The end: a Close, which has been answered, or the connection broke.</summary>
    End,
}
