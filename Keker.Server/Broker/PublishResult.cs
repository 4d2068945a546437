using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker;

/// <summary>What to tell a publisher.</summary>
/// <param name="Outcome">Accepted, or why not.</param>
/// <param name="Sessions">Sessions that get it.</param>
/// <param name="Recipients">Distinct tokens that get it.</param>
internal readonly record struct PublishResult(PublishOutcome Outcome, int Sessions = 0, int Recipients = 0)
{
    /// <summary>Set when the outcome is <see cref="PublishOutcome.NoRoom"/>: the topic to wait for before trying again.</summary>
    public Topic? Full { get; init; }
}
