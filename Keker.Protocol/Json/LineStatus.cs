namespace Keker.Protocol.Json;

/// <summary>What <see cref="LineBuffer"/> has after a piece.</summary>
public enum LineStatus : byte
{
    /// <summary>No line ends here: it goes on with the next piece.</summary>
    NeedMore,

    /// <summary>A whole line.</summary>
    Complete,

    /// <summary>The end of a line that was longer than it may be; it is gone.</summary>
    TooLong,
}
