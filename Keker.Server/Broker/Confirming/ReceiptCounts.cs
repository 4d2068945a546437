namespace Keker.Server.Broker.Confirming;

/// <summary>What has become of a message at the sessions that were there.</summary>
/// <param name="Received">Sessions that have confirmed it.</param>
/// <param name="Pending">Sessions that are there and have not confirmed it.</param>
/// <param name="Kept">Sessions that have gone without a confirmation and for which it is kept until their next HELLO.</param>
internal readonly record struct ReceiptCounts(int Received, int Pending, int Kept)
{
    public static ReceiptCounts operator +(ReceiptCounts left, ReceiptCounts right) =>
        new(left.Received + right.Received, left.Pending + right.Pending, left.Kept + right.Kept);
}
