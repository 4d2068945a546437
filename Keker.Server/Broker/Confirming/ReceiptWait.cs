namespace Keker.Server.Broker.Confirming;

/// <summary>One message of a topic that a publisher waits for.</summary>
/// <remarks>A mutable struct, kept in a ring; the topic's lock guards it.</remarks>
internal struct ReceiptWait
{
    /// <summary>Who waits; null once that has its counts.</summary>
    public Receipt? Receipt;

    /// <summary>Offset of the message.</summary>
    public long Offset;

    /// <summary>Sessions that were there when it was appended.</summary>
    public int Sessions;

    /// <summary>By how much its counts differ from those of the one before: what changes for all from a message on is noted once.</summary>
    public ReceiptGroups Change;
}
