namespace Keker.Server.Broker.Confirming;

/// <summary>Members of a topic by what they have to do with a message that a publisher waits for; or by how much that changes from one message to the next.</summary>
/// <param name="Pending">Members that have yet to confirm it.</param>
/// <param name="Mute">Members whose clients cannot confirm anything.</param>
/// <param name="Gone">Members that have left without having confirmed it, or went on without having been sent it.</param>
/// <param name="Kept">Of <paramref name="Gone"/> those for whom it is kept.</param>
internal readonly record struct ReceiptGroups(int Pending = 0, int Mute = 0, int Gone = 0, int Kept = 0)
{
    public static ReceiptGroups operator +(ReceiptGroups left, ReceiptGroups right) =>
        new(left.Pending + right.Pending, left.Mute + right.Mute, left.Gone + right.Gone, left.Kept + right.Kept);

    public static ReceiptGroups operator -(ReceiptGroups left, ReceiptGroups right) =>
        new(left.Pending - right.Pending, left.Mute - right.Mute, left.Gone - right.Gone, left.Kept - right.Kept);

    /// <summary>What is known of a message.</summary>
    /// <param name="sessions">Sessions that were there when it was appended.</param>
    public ReceiptCounts Counts(int sessions) => new(sessions - Pending - Mute - Gone, Pending + Mute, Kept);
}
