using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Sessions;

/// <summary>The rest of a frame (over TLS: of a write) that the peer has no room for yet: references, never copies of messages.</summary>
/// <param name="Member">Whose cursor it moves; null for a control frame.</param>
/// <param name="Rest">Bytes still to send.</param>
/// <param name="Cursor">The member's cursor once they are sent.</param>
/// <param name="Messages">Messages that have gone out then.</param>
/// <param name="HeldBytes">Bytes that only this write keeps alive.</param>
/// <param name="Built">What it keeps alive together with others like it.</param>
/// <param name="IsClose">True when nothing may follow.</param>
/// <param name="Echo">Who waits for it, if somebody does.</param>
/// <param name="Then">What follows <paramref name="Rest"/> in the same frame.</param>
internal readonly record struct UnfinishedSend(
    Subscription? Member, ReadOnlyMemory<byte> Rest, long Cursor, int Messages = 0, int HeldBytes = 0, BuiltFrame? Built = null, bool IsClose = false,
    TaskCompletionSource? Echo = null, ReadOnlyMemory<byte> Then = default)
{
    /// <summary>Small enough that a slow but living peer shows progress before the write deadline: 64 KiB in 30 s.</summary>
    private const int StepBytes = 64 << 10;

    public ReadOnlyMemory<byte> NextStep => Rest[..Math.Min(Rest.Length, StepBytes)];

    /// <summary>It waits: what it keeps alive counts.</summary>
    public void Hold(BrokerContext context)
    {
        context.UnfinishedWrites.Add(HeldBytes);
        Built?.Hold(context.BuiltFrames);
    }

    /// <summary>It waits no longer.</summary>
    public void Release(BrokerContext context)
    {
        context.UnfinishedWrites.Remove(HeldBytes);
        Built?.Release(context.BuiltFrames);
    }

    public UnfinishedSend AfterStep => Rest.Length > StepBytes ? this with { Rest = Rest[StepBytes..] } : this with { Rest = Then, Then = default };
}
