using System.Net.Sockets;
using System.Runtime.InteropServices;
using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Net;

/// <summary>Accepts on one of the server's own loops, some at a time between two polls, and deals the connections out to all loops.</summary>
/// <remarks>Its own lock keeps the descriptor from being used once it is stopped: it may be somebody else's by then.</remarks>
internal sealed class LoopAcceptor : Acceptor, IPolled
{
    /// <summary>Connections taken before others have their turn.</summary>
    private const int MostAtATime = 16;

    private readonly Loops _loops;
    private readonly Loop _loop;
    private readonly bool _isUnix;
    private CancellationToken _stopped;
    private bool _isStopped;

    /// <param name="listening">Listens already, and does not block.</param>
    /// <param name="loops">Poll it, and what it accepts.</param>
    /// <param name="backOff">See <see cref="Acceptor"/>.</param>
    /// <param name="log">See <see cref="Acceptor"/>.</param>
    /// <param name="accepted">See <see cref="Acceptor"/>.</param>
    public LoopAcceptor(Socket listening, Loops loops, AcceptBackOff backOff, ILogger log, Action<PeerSocket> accepted)
        : base(backOff, log, accepted)
    {
        _loops = loops;
        _loop = loops.Next;
        _isUnix = listening.AddressFamily == AddressFamily.Unix;
        Descriptor = (int)listening.SafeHandle.DangerousGetHandle();
    }

    public int Descriptor { get; }

    public uint Generation { get; set; }

    public override async Task RunAsync(CancellationToken stopped)
    {
        _stopped = stopped;
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stopped.Register(
            () =>
            {
                lock (this)
                    _isStopped = true;
                _loop.Remove(this);
                end.SetResult();
            });

        // Told again as long as somebody waits, not only when one comes: what a turn leaves over has the next one.
        if (!_loop.TryAdd(this, LinuxSockets.Input))
            throw new SocketException((int)SocketError.NoBufferSpaceAvailable);
        await end.Task.ConfigureAwait(false);
    }

    public void OnEvents(uint events)
    {
        for (int i = 0; i < MostAtATime; i++)
        {
            int descriptor = Accept(out int error);
            if (descriptor >= 0)
            {
                TakeIn(descriptor);
            }
            else if (error == LinuxSockets.WouldBlock || _isStopped)
            {
                return;
            }
            else if (!LinuxSockets.IsPeersDoing(error))
            {
                _ = WaitAsync(error);
                return;
            }
        }
    }

    private unsafe int Accept(out int error)
    {
        lock (this)
        {
            error = LinuxSockets.WouldBlock;
            if (_isStopped)
                return -1;
            int descriptor = LinuxSockets.Accept(Descriptor, null, null, LinuxSockets.NonBlocking | LinuxSockets.CloseOnExecute);
            error = descriptor < 0 ? Marshal.GetLastSystemError() : 0;
            return descriptor;
        }
    }

    private void TakeIn(int descriptor)
    {
        try
        {
            HandOn(_loops.Take(descriptor, _isUnix));
        }
        catch (SocketException e)
        {
            Log.Unexpected(e);
            _ = LinuxSockets.Close(descriptor);
        }
    }

    private async Task WaitAsync(int error)
    {
        try
        {
            Watch(0);
            await BackOff.WaitAsync(Marshal.GetPInvokeErrorMessage(error), RefuseOne, _stopped).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.Unexpected(e);
        }
        Watch(LinuxSockets.Input);
    }

    private void Watch(uint events)
    {
        lock (this)
        {
            if (!_isStopped)
                _loop.Watch(this, events);
        }
    }

    /// <summary>With the reserve descriptor let go, one waiting peer can be taken in and turned away instead of hanging.</summary>
    private void RefuseOne()
    {
        int descriptor = Accept(out _);
        if (descriptor >= 0)
            _ = LinuxSockets.Close(descriptor);
    }
}
