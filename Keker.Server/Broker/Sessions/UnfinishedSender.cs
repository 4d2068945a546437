using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Sessions;

/// <summary>Sees a send through that the peer has only room for in part: until it has, nothing else goes out, and its completion owns the session's gate.</summary>
/// <remarks>Everything but <see cref="WaitingSince"/> is for the owner of the session's gate.</remarks>
internal abstract class UnfinishedSender(ISessionTransport transport, BrokerContext context) : GuardedSender(transport, context)
{
    private long _waitingSince;

    /// <summary>When the peer last made room in a send that waits, in milliseconds of the clock; 0 when nothing waits.</summary>
    public long WaitingSince => Volatile.Read(ref _waitingSince);

    /// <summary>A member is behind and waits; called before the gate is handed over.</summary>
    protected abstract void MarkPending(Subscription member);

    /// <summary>What a member needs is gone, or too much is kept for readers like it: the session is closed as slow.</summary>
    protected abstract void Overtaken();

    /// <summary>What ends the session is out, and nothing follows it.</summary>
    protected abstract void EndedSending();

    /// <summary>A send that waited has ended, one way or the other: the gate is the caller's, at a frame boundary.</summary>
    protected abstract void Resume();

    /// <summary>Sends the rest of what a socket took in part, in steps: each step taken is progress that the deadline goes by.</summary>
    /// <returns>False when it waits for room. True when all is sent or the connection is gone.</returns>
    protected bool TryFinish(UnfinishedSend unfinished)
    {
        while (!unfinished.Rest.IsEmpty)
        {
            ValueTask<bool> step = SendBytesAsync(unfinished.NextStep);
            if (!step.IsCompleted)
            {
                WaitFor(step, unfinished);
                return false;
            }
            if (!step.Result)
            {
                GiveUp();
                unfinished.Echo?.SetResult();
                return true;
            }
            unfinished = unfinished.AfterStep;
        }
        if (unfinished.Member is { } member)
        {
            Context.Counters.Delivered.Add(unfinished.Messages);
            member.Cursor = unfinished.Cursor;
        }
        Finished(unfinished);
        return true;
    }

    private void WaitFor(ValueTask<bool> step, UnfinishedSend unfinished)
    {
        // All together they may keep so many bytes of built frames alive. Who holds a frame that others hold adds nothing.
        if (unfinished.Built is { IsHeld: false } && Context.BuiltFrames.Bytes > Context.Limits.UnfinishedWrites)
            Overtaken();
        if (unfinished.Member is { } member)
        {
            // What is on its way needs the log no more: the member is as far as the end of this write.
            member.Cursor = unfinished.Cursor;
            MarkPending(member);
        }
        _ = FinishAsync(step, unfinished);
    }

    private async Task FinishAsync(ValueTask<bool> step, UnfinishedSend unfinished)
    {
        bool sent = false;
        unfinished.Hold(Context);
        try
        {
            do
            {
                Volatile.Write(ref _waitingSince, Context.Clock.Now);
                sent = await step.ConfigureAwait(false);
                unfinished = unfinished.AfterStep;
                if (sent && !unfinished.Rest.IsEmpty)
                    step = SendBytesAsync(unfinished.NextStep);
            }
            while (sent && !unfinished.Rest.IsEmpty);
        }
        catch (Exception e)
        {
            Context.Report(e);
            sent = false;
        }
        Volatile.Write(ref _waitingSince, 0);
        unfinished.Release(Context);
        if (sent)
        {
            Context.Counters.Delivered.Add(unfinished.Messages);
            Finished(unfinished);
        }
        else
        {
            GiveUp();
            unfinished.Echo?.SetResult();
        }
        Resume();
    }

    private void Finished(UnfinishedSend unfinished)
    {
        unfinished.Echo?.SetResult();
        if (unfinished.Member is { } member)
            NoteSent(member);
        if (unfinished.IsClose && MarkClosed())
            EndedSending();
    }
}
