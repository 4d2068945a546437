using Keker.Server.Broker;

namespace Keker.Server.Http;

/// <summary>An answer that is not known yet. It has its place among the answers of its connection.</summary>
internal abstract class PendingAnswer
{
    private const int SmallBytes = 256;

    /// <summary>The answer. Whoever finds it out writes it, before <see cref="AnswerRing.Complete"/>.</summary>
    public AnswerBuffer Answer { get; } = new(SmallBytes);

    /// <summary>Bytes that the connection keeps for it until then.</summary>
    public int HeldBytes { get; protected init; }

    /// <summary>Whether it can hold up others when it is added; see <see cref="AnswerRing.NoLongerHoldsUp"/>.</summary>
    public bool MayHoldUp { get; protected init; }

    /// <summary>Answers that are known and stand behind it; the lock of the <see cref="AnswerRing"/> guards this and the following.</summary>
    public AnswerBuffer Behind { get; } = new(SmallBytes);

    /// <summary>How many answers stand behind it.</summary>
    public int CountBehind { get; set; }

    /// <summary>True once the answer is known.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Whether a message has to wait for what this one waits for, or it would overtake it. Any thread.</summary>
    public virtual bool HoldsUp(PublishRequest request) => false;

    /// <summary>The server drains: the answer says what is known by now. Any thread.</summary>
    public virtual void StopWaiting()
    {
    }
}
