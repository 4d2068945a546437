namespace Keker.Server.Inspection;

/// <summary>What is remembered of a publish that had an Idempotency-Key.</summary>
/// <param name="At">When it came, in milliseconds of the clock.</param>
/// <param name="Status">How it was answered; null while it is under way.</param>
/// <param name="Sessions">Sessions that it went to.</param>
/// <param name="Cached">Recipients that were absent and for whom it waited.</param>
/// <param name="Received">Sessions that had confirmed it when it was answered; null where nobody waited for that.</param>
/// <param name="Pending">Those that had not, and were connected.</param>
internal sealed record AcceptedPublish(long At, int? Status, int Sessions, int Cached, int? Received, int? Pending);
