namespace Keker.Server.Observability;

/// <summary>What reasons for a refusal tell. Stateless, thread-safe.</summary>
internal static class RefusalReasons
{
    /// <summary>Whether somebody may have made up what it showed. Whose token is over, or for something else, was given one once.</summary>
    public static bool IsGuess(this RefusalReason reason) =>
        reason is RefusalReason.Malformed or RefusalReason.Algorithm or RefusalReason.UnknownKey or RefusalReason.Signature or RefusalReason.Backend;
}
