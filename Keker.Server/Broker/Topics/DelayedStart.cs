namespace Keker.Server.Broker.Topics;

/// <summary>A subscription that starts only when its client has been told where.</summary>
/// <param name="Member">The subscription.</param>
/// <param name="Decided">Set when its beginning does not change any more.</param>
internal sealed record DelayedStart(Subscription Member, TaskCompletionSource Decided);
