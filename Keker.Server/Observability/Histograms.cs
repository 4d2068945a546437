namespace Keker.Server.Observability;

/// <summary>How long things take, and how large they are. The buckets end where nobody would want to know more.</summary>
internal sealed class Histograms
{
    /// <summary>From the acceptance of the first message of a pass to the end of its last send, 10 us to 10 s: one value a pass.</summary>
    public Histogram PublishToSend { get; } = Histogram.OfTimes(TimeSpan.FromMicroseconds(10), 21);

    /// <summary>Members of the topic of a pass, up to a million: one value a pass.</summary>
    public Histogram PassMembers { get; } = new(1, 21);

    /// <summary>From a publish that waits for confirmations to the last of them, 1 ms to 65 s.</summary>
    public Histogram Receipts { get; } = Histogram.OfTimes(TimeSpan.FromMilliseconds(1), 17);

    /// <summary>From an accepted HELLO to the first message, of sessions for which one was there, 100 us to 13 s.</summary>
    public Histogram FirstMessage { get; } = Histogram.OfTimes(TimeSpan.FromMicroseconds(100), 18);

    /// <summary>How long checks of signed tokens take that were not seen before, with the time for which they wait, 10 us to 10 s.</summary>
    public Histogram TokenChecks { get; } = Histogram.OfTimes(TimeSpan.FromMicroseconds(10), 21);

    /// <summary>From an event to the moment at which the backend has taken it, 1 ms to an hour.</summary>
    public Histogram HookDelay { get; } = Histogram.OfTimes(TimeSpan.FromMilliseconds(1), 23);
}
