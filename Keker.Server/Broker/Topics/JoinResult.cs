using Keker.Protocol.Commands;
using Keker.Server.Broker.Confirming;

namespace Keker.Server.Broker.Topics;

/// <summary>A session has joined a topic, and nothing was sent to it yet.</summary>
/// <param name="Member">The session in the topic.</param>
/// <param name="PredecessorCheck">Set when other sessions of the client are asked first what has arrived.</param>
/// <param name="Resume">What the client said that it has.</param>
/// <param name="IsNew">False when it was in the topic already.</param>
internal readonly record struct JoinResult(Subscription Member, PredecessorCheck? PredecessorCheck, ResumePoint? Resume, bool IsNew = true)
{
    /// <summary>The id after which its messages begin.</summary>
    public MessageId Start => new(Member.Topic.Epoch, Member.Cursor);
}
