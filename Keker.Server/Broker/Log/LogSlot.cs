namespace Keker.Server.Broker.Log;

/// <summary>A place in a <see cref="PublicationRing"/>.</summary>
/// <remarks>A mutable struct, kept in the log's ring.</remarks>
internal struct LogSlot
{
    public long Offset;

    /// <summary>
    /// Before this offset messages are gone for good that somebody may miss, between the place before and this one; 0 where none are. Of an empty
    /// place it counts what stood there, too.
    /// </summary>
    public long LostBefore;

    /// <summary>The message; null where the place is empty.</summary>
    public Publication? Publication;
}
