namespace Keker.Server.Broker;

/// <summary>What became of a publication that was offered to a topic.</summary>
/// <param name="Outcome">Accepted or why not.</param>
/// <param name="Members">Members present when it was appended.</param>
internal readonly record struct AppendResult(AppendOutcome Outcome, int Members = 0)
{
    public static AppendResult NoMembers => new(AppendOutcome.NoMembers);

    public static AppendResult HasMembers => new(AppendOutcome.HasMembers);

    public static AppendResult NoRoom => new(AppendOutcome.NoRoom);

    public static AppendResult Retired => new(AppendOutcome.Retired);

    public static AppendResult Cached => new(AppendOutcome.Cached);

    public static AppendResult Appended(int members) => new(AppendOutcome.Appended, members);
}
