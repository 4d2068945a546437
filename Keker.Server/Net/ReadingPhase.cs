using System.Buffers;
using System.IO.Pipelines;
using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Net;

/// <summary>
/// A phase that reads: what arrives is taken where it was received, and between two reads nothing is left behind, no task, no buffer, no pending
/// operation. Only what is out of the ordinary waits in here: a pause, TLS, what has not come whole, a server that is short of memory.
/// </summary>
/// <remarks>One reader: a read, or the wait for the next one. It goes on where the wait ends.</remarks>
internal abstract class ReadingPhase(Connection connection) : IConnectionPhase, IReadyHandler
{
    private Action<ReadingPhase>? _ended;

    /// <summary>What it serves.</summary>
    public Connection Connection => connection;

    /// <summary>Set while input is taken by whoever wants the reading to stop; it goes on when the task completes.</summary>
    protected Task? Pause { get; set; }

    protected abstract ILogger Log { get; }

    /// <summary>True once the server ends.</summary>
    protected abstract bool IsDraining { get; }

    /// <summary>True when the phase is over, whatever the peer says: what it has left over is the next one's.</summary>
    protected abstract bool HasHeardEnough { get; }

    /// <summary>True when something that was left over can be taken before more arrives.</summary>
    protected virtual bool HasMoreToTake => Pause is not null;

    /// <summary>Serves the connection until the phase is over; from now on it is what the connection is busy with.</summary>
    /// <param name="ended">Called then, once, on any thread.</param>
    public void Start(Action<ReadingPhase> ended)
    {
        _ended = ended;
        OnStart();
        connection.Phase = this;

        // The drain may have visited the connection before this was its phase.
        Interlocked.MemoryBarrier();
        if (IsDraining)
            Drain();
        OnReady();
    }

    public void OnReady() => _ = ServeAsync();

    public abstract void OnHeartbeat(long now);

    public abstract void Drain();

    public virtual long UnfinishedSince => 0;

    public virtual void GiveUp()
    {
    }

    /// <summary>Before anything is read.</summary>
    protected virtual void OnStart()
    {
    }

    /// <summary>Takes what has arrived; what it leaves over comes again, with what arrives then.</summary>
    /// <param name="input">Gone when this returns.</param>
    /// <param name="isEnd">True when nothing more comes.</param>
    protected abstract void Take(ref ReadOnlySequence<byte> input, bool isEnd);

    /// <summary>There is no memory for what is left over.</summary>
    protected abstract void OnNoMemory();

    /// <summary>The end has come, or nothing is read any more.</summary>
    /// <returns>True when it was not the peer's end, and something of the peer is waited for.</returns>
    protected virtual bool ListensOn() => false;

    /// <summary>A pause has ended with an exception.</summary>
    protected virtual void OnPauseFailed(Exception failure) => LogFailure(failure);

    /// <summary>The peer is gone, or nothing more is read in this phase.</summary>
    protected abstract void OnEnded();

    private async Task ServeAsync()
    {
        try
        {
            var turn = new ReadTurn();
            bool goesOn = true;
            int reads = 0;
            while (goesOn || ListensOn())
            {
                connection.DropIdleReader();
                if (Pause is { } pause)
                {
                    await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    if (pause.Exception is { } failure)
                        OnPauseFailed(failure);
                    Pause = null;
                    goesOn = !HasHeardEnough;
                }
                else if (connection.IsBare)
                {
                    byte[] buffer = ReceiveBuffer.OfThread;
                    int received = connection.Receive(buffer);
                    if (received < 0 && !connection.WaitForInput(this))
                        return;
                    goesOn = received < 0 || TakeBare(new ReadOnlySequence<byte>(buffer, 0, received));

                    // Who has filled the buffer, or has something more each time, may send without end.
                    if (received == buffer.Length || reads++ > 0)
                    {
                        if (turn.IsOver(completedAtOnce: true))
                            await Task.Yield();
                    }
                }
                else
                {
                    ValueTask<ReadResult> read = connection.Reader.ReadAsync();
                    if (turn.IsOver(read.IsCompleted))
                        await Task.Yield();
                    goesOn = TakeRead(await read.ConfigureAwait(false));
                }
            }
        }
        catch (Exception e)
        {
            LogFailure(e);
        }
        End();
    }

    private void End()
    {
        try
        {
            OnEnded();
        }
        catch (Exception e)
        {
            LogFailure(e);
        }
        _ended!(this);
    }

    /// <summary>Takes what lies in the thread's buffer: what is left over goes on in a reader, with a buffer of its own.</summary>
    /// <returns>False when it is over.</returns>
    private bool TakeBare(ReadOnlySequence<byte> input)
    {
        bool isEnd = input.IsEmpty;
        Take(ref input, isEnd);
        if (!input.IsEmpty && !connection.TryUnread(input, examined: !HasMoreToTake))
            OnNoMemory();
        return (HasMoreToTake || !isEnd) && !HasHeardEnough;
    }

    /// <returns>False when it is over.</returns>
    private bool TakeRead(ReadResult result)
    {
        if (result.IsCanceled && connection.IsAborted)
            return false;
        if (result.IsCanceled)
            OnNoMemory();
        ReadOnlySequence<byte> input = result.Buffer;
        Take(ref input, result.IsCompleted);
        bool hasMore = HasMoreToTake;
        connection.Reader.AdvanceTo(input.Start, hasMore ? input.Start : result.Buffer.End);
        return (hasMore || !result.IsCompleted) && !HasHeardEnough;
    }

    private void LogFailure(Exception failure)
    {
        if (Connection.IsDisconnect(failure))
            Log.PeerVanished(failure.GetType().Name);
        else
            Log.Unexpected(failure);
    }
}
