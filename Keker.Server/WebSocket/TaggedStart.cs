using Keker.Protocol.Commands;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;

namespace Keker.Server.WebSocket;

/// <summary>
/// How a session of sub-protocol <c>keker.v2</c> begins in a topic: the answer comes before the first message. And while other sessions of the client are asked
/// what has arrived, nobody knows the id that the answer has to tell. Stateless; for whoever reads the connection.
/// </summary>
internal static class TaggedStart
{
    /// <summary>Answers HELLO, then lets the session have its messages.</summary>
    public static async Task WelcomeAsync(MessageBroker broker, TaggedSession session, JoinResult own, bool hadBadId)
    {
        if (hadBadId)
            await session.SendAsync(TaggedAnswers.Error(ErrorCode.BadId)).ConfigureAwait(false);
        await SettleAsync(broker, session, own).ConfigureAwait(false);
        await session.SendAsync(TaggedAnswers.Welcome(own)).ConfigureAwait(false);
        MessageBroker.DeliverSettled(session, own);
    }

    /// <summary>Answers SUBSCRIBE, then lets the session have the messages of the topic.</summary>
    public static async Task SubscribedAsync(MessageBroker broker, TaggedSession session, JoinResult joined)
    {
        await SettleAsync(broker, session, joined).ConfigureAwait(false);
        await session.SendAsync(TaggedAnswers.Subscribed(joined)).ConfigureAwait(false);
        MessageBroker.DeliverSettled(session, joined);
    }

    private static Task SettleAsync(MessageBroker broker, TaggedSession session, JoinResult joined)
    {
        if (joined.PredecessorCheck is not { } check)
            return Task.CompletedTask;
        Task settled = check.StartsAtOnce ? Task.CompletedTask : session.DelayStart(joined.Member);
        broker.Settle(joined);
        return settled;
    }
}
