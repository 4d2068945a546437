namespace Keker.Server.Broker;

/// <summary>One message of a topic that a publisher waits for. What is counted here counts for all that follow it as well.</summary>
/// <remarks>A mutable struct, kept in a ring; the topic's lock guards it.</remarks>
internal struct ReceiptWait
{
    /// <summary>Who waits; null once that has its counts.</summary>
    public Receipt? Receipt;

    /// <summary>Offset of the message.</summary>
    public long Offset;

    /// <summary>Sessions that were there when it was appended.</summary>
    public int Sessions;

    /// <summary>Members that have yet to confirm this message, and had confirmed all that were waited for before it.</summary>
    public int Pending;

    /// <summary>Members that were there from this message on and whose clients cannot confirm anything.</summary>
    public int Mute;

    /// <summary>Members that have left without having confirmed this message or one before; less those of whom that is not true from here on.</summary>
    public int Gone;

    /// <summary>Of <see cref="Gone"/> those for whom it is kept.</summary>
    public int Kept;

    /// <summary>What is known where this is the first that is waited for.</summary>
    public readonly ReceiptCounts Counts => new(Sessions - Pending - Mute - Gone, Pending + Mute, Kept);

    /// <summary>Takes over what was counted at the one before.</summary>
    public void Follow(in ReceiptWait before)
    {
        Pending += before.Pending;
        Mute += before.Mute;
        Gone += before.Gone;
        Kept += before.Kept;
    }
}
