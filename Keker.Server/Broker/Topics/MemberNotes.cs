namespace Keker.Server.Broker.Topics;

/// <summary>What a table of members has to keep in mind now and then. Most never have one.</summary>
/// <remarks>Not thread-safe: the topic's lock guards it.</remarks>
internal sealed class MemberNotes
{
    /// <summary>Slots of members that left during the pass that runs.</summary>
    public List<int> Tombstones { get; } = [];

    /// <summary>The scans that are under way.</summary>
    public List<MemberScan> Scans { get; } = [];

    /// <summary>The scan with the least to visit of those that have yet to visit a slot; null for none.</summary>
    public MemberScan? NextAfter(int slot)
    {
        MemberScan? next = null;
        foreach (MemberScan scan in Scans)
        {
            if (scan.Unvisited > slot && (next is null || scan.Unvisited < next.Unvisited))
                next = scan;
        }
        return next;
    }
}
