namespace Keker.Server.Broker;

/// <summary>A session that is to confirm what it is sent up to an offset.</summary>
/// <param name="Member">The session in the topic.</param>
/// <param name="Offset">The offset after the last publication that counts.</param>
internal readonly record struct ConfirmTarget(Subscription Member, long Offset)
{
    /// <summary>Where nothing can be proved, nothing is confirmed, however long ago it was sent.</summary>
    public bool IsConfirmed => Member.Session.Confirms && Member.Confirmed >= Offset;

    /// <summary>It has gone without having confirmed, and what it did not confirm was kept for its next HELLO.</summary>
    public bool IsKept => Member.HasLeft && !IsConfirmed && Member.KeptFrom < Offset;

    /// <summary>A ping is on its way whose answer will confirm it.</summary>
    public bool IsAsked => Member.BarrierCursor >= Offset && Member.Session.UnansweredSince is not null;

    /// <summary>Nothing is to be waited for any more.</summary>
    public bool IsSettled => IsConfirmed || Member.HasLeft;
}
