namespace Keker.Server.Access;

/// <summary>Answers of the backend that are fresh, by the hash of what was asked. What was asked for long ago gives way to what is new. Thread-safe.</summary>
/// <remarks>Whatever a stranger says may be refused and kept: refusals have a place of their own, where they make nobody forgotten who is let in.</remarks>
internal sealed class BackendAnswers
{
    /// <summary>Answers of one generation of each kind; there are two.</summary>
    private const int Most = 16_384;

    private const long MostBytes = 16 << 20;
    private const int RefusalBytes = 64;

    private readonly Remembered<UInt128, (Decision Decision, long FreshUntil)> _grants = new(Most, MostBytes);
    private readonly Remembered<UInt128, (Decision Decision, long FreshUntil)> _refusals = new(Most, MostBytes);

    /// <summary>The answer, or null where there is none that is fresh and has not ended.</summary>
    /// <param name="hash">Of what is asked.</param>
    /// <param name="now">Seconds since 1970.</param>
    public Decision? Find(UInt128 hash, long now)
    {
        if (_refusals.TryFind(hash, out (Decision Decision, long FreshUntil) refusal) && now < refusal.FreshUntil)
            return refusal.Decision;
        bool isGood = _grants.TryFind(hash, out (Decision Decision, long FreshUntil) grant) && now < grant.FreshUntil && now < grant.Decision.Grant!.EndsAt;
        return isGood ? grant.Decision : null;
    }

    /// <summary>Keeps an answer.</summary>
    public void Add(UInt128 hash, Decision decision, long freshUntil)
    {
        if (decision.Grant is { } grant)
            _grants.Add(hash, (decision, freshUntil), grant.HeldBytes);
        else
            _refusals.Add(hash, (decision, freshUntil), RefusalBytes);
    }
}
