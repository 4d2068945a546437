namespace Keker.Server.Presence.Hooks;

/// <summary>Who is told of events. It inverts the dependency on the network: tests stand in for the backend.</summary>
internal interface IHookReceiver
{
    /// <summary>Hands a body over. Never throws but for the cancellation.</summary>
    /// <param name="body">A JSON array of events.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <returns>Null when it was taken; else why not.</returns>
    Task<HookFailure?> TryPostAsync(byte[] body, CancellationToken cancellation);
}
