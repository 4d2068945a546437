namespace Keker.Protocol.Http;

/// <summary>What is known of a message when its publisher is answered. Immutable.</summary>
/// <param name="Sessions">Sessions that were to get it, 0 or more.</param>
/// <param name="Received">Those that have confirmed it.</param>
/// <param name="Pending">Those that have neither confirmed it nor gone.</param>
/// <param name="Cached">Recipients for whom it waits, 0 or more.</param>
public readonly record struct ReceiptAnswer(long Sessions, long Received, long Pending, long Cached)
{
    /// <summary>200 if every session has confirmed, else 202 (RFC 9110, section 15.3.3: the outcome is open).</summary>
    public int Status => Received == Sessions ? 200 : 202;
}
