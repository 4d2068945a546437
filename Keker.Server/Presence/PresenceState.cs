using Keker.Server.Broker;
using Keker.Server.Broker.Topics;
using Keker.Server.Options;

namespace Keker.Server.Presence;

/// <summary>What the server keeps in mind of who is here, beside the sessions themselves. Thread-safe.</summary>
/// <param name="context">Where they are.</param>
internal sealed class PresenceState(BrokerContext context)
{
    private readonly ulong _boot = context.Presence?.Boot ?? (ulong)Random.Shared.NextInt64();
    private int _longAnswers;

    /// <summary>Who may not come in for now.</summary>
    public RefusedTokens Refused { get; } = new(context.Clock);

    /// <summary>What clients say that they are.</summary>
    public UserAgents Agents { get; } = new();

    /// <inheritdoc cref="IPresenceWatch.Boot"/>
    public ulong Boot => _boot;

    /// <summary>See <see cref="IPresenceWatch.LastChange"/>; 0 where nobody is told of changes.</summary>
    public long LastChange => context.Presence?.LastChange ?? 0;

    /// <summary>Whether one more long answer may begin. A hint.</summary>
    public bool HasRoomForAnswer => Volatile.Read(ref _longAnswers) < Limits.LongAnswers;

    /// <summary>Whether one more may begin for a person who looks around: the other half is left to backends, which repair themselves with theirs. A hint.</summary>
    public bool HasRoomForOnlooker => Volatile.Read(ref _longAnswers) < Limits.LongAnswers / 2;

    /// <summary>Whether somebody counts as online. Where changes are told, that is from the one event to the other; a token stays so for a moment.</summary>
    public bool IsOnline(Topic topic) => context.Presence is null ? topic.MemberCount > 0 : topic.Announcement > 0;

    /// <summary>Whether a token wants in that is refused for a time; that is counted then.</summary>
    public bool Refuses(ReadOnlySpan<byte> token)
    {
        if (!Refused.Contains(token))
            return false;
        context.Counters.RefusedHellos.Increment();
        return true;
    }

    /// <summary>A long answer begins.</summary>
    public void BeginAnswer() => Interlocked.Increment(ref _longAnswers);

    /// <summary>It has ended.</summary>
    public void EndAnswer() => Interlocked.Decrement(ref _longAnswers);
}
