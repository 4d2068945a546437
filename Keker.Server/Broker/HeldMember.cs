namespace Keker.Server.Broker;

/// <summary>A subscription that starts only when its client has been told where.</summary>
/// <param name="Member">The subscription.</param>
/// <param name="Settled">Set when its beginning does not change any more.</param>
internal sealed record HeldMember(Subscription Member, TaskCompletionSource Settled);
