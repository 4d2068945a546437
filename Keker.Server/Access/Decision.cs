using Keker.Server.Observability;

namespace Keker.Server.Access;

/// <summary>Whether somebody may.</summary>
/// <param name="Grant">What it may; null where it may not.</param>
/// <param name="Reason">Why it may not.</param>
internal readonly record struct Decision(Grant? Grant, RefusalReason Reason)
{
    /// <summary>It may.</summary>
    public static Decision Allow(Grant grant) => new(grant, RefusalReason.None);

    /// <summary>It may not.</summary>
    public static Decision Refuse(RefusalReason reason) => new(null, reason);

    /// <summary>The same, known at once.</summary>
    public static ValueTask<Decision> RefuseNow(RefusalReason reason) => ValueTask.FromResult(Refuse(reason));
}
