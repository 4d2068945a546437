using Keker.Benchmarks.Common.Proxy;

namespace Keker.Benchmarks.Chaos;

/// <summary>How the connections of one client are cut.</summary>
/// <param name="ResetOnly">Only reset: all sessions of the token are gone at times.</param>
/// <param name="SilentOnly">Only cut silently, and back at once, long before the server notices.</param>
/// <param name="Leaves">At times left with a Close 1001 instead.</param>
/// <param name="AwaySeconds">How long it is away at the most whose network fell silent.</param>
internal sealed record CutHabits(bool ResetOnly = false, bool SilentOnly = false, bool Leaves = false, int AwaySeconds = 0)
{
    private const int Kinds = 12;

    public CutKind Next(Random random)
    {
        int roll = random.Next(Kinds);
        return this switch
        {
            { SilentOnly: true } => CutKind.SilentDrop,
            { Leaves: true } when roll == 0 => CutKind.Leave,
            { ResetOnly: true } => CutKind.Reset,
            _ when roll == 1 => CutKind.Reset,
            _ => roll <= Kinds * 3 / 4 ? CutKind.SilentDrop : CutKind.HalfOpen,
        };
    }
}
