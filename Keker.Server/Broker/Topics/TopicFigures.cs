using Keker.Server.Broker.Log;

namespace Keker.Server.Broker.Topics;

/// <summary>What an operator is told of a topic.</summary>
/// <param name="Sessions">Members.</param>
/// <param name="Head">The offset that the next message gets: how many there have been since the log was made.</param>
/// <param name="LogMessages">Messages in the log.</param>
/// <param name="LogBytes">What they cost, in bytes.</param>
/// <param name="Waiting">Messages that wait for an absent recipient, up to <see cref="MostCounted"/>.</param>
/// <param name="WaitingBytes">Bytes of their payloads.</param>
/// <param name="Kept">Messages that are kept for newcomers.</param>
/// <param name="KeptBytes">Bytes of their payloads.</param>
/// <param name="Away">Clients that are away and whose place holds, up to <see cref="MostCounted"/>.</param>
internal readonly record struct TopicFigures(
    int Sessions, long Head, int LogMessages, long LogBytes, int Waiting, long WaitingBytes, int Kept, long KeptBytes, int Away)
{
    /// <summary>What is not counted anyway is counted when somebody asks, and no further: the topic's lock is held meanwhile.</summary>
    public const int MostCounted = 1000;

    /// <summary>Those of a topic now. Thread-safe; takes the topic's lock.</summary>
    public static TopicFigures Of(Topic topic)
    {
        lock (topic)
        {
            if (topic.Messages is not { } log)
                return new TopicFigures(topic.MemberCount, topic.Head, 0, 0, 0, 0, 0, 0, 0);
            return new TopicFigures(
                topic.MemberCount, log.Head, log.Publications.Count, log.Publications.Bytes, log.Waiting?.CountWaiting(MostCounted) ?? 0, log.Waiting?.Bytes ?? 0,
                log.Kept?.Publications.Count ?? 0, log.Kept?.Bytes ?? 0, AwayIn(log));
        }
    }

    private static int AwayIn(TopicLog log) => log.HasBroken ? log.Broken.Away(MostCounted).Count() : 0;
}
