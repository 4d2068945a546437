using System.Net.Sockets;
using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Net;

/// <summary>Accepts on the runtime's socket engine.</summary>
internal sealed class EngineAcceptor(Socket listening, AcceptBackOff backOff, ILogger log, Action<PeerSocket> accepted) : Acceptor(backOff, log, accepted)
{
    public override async Task RunAsync(CancellationToken stopped)
    {
        var turn = new ReadTurn();
        while (!stopped.IsCancellationRequested)
        {
            try
            {
                ValueTask<Socket> accept = listening.AcceptAsync(stopped);

                // In a storm of connects there is always one more: the thread, which polls everybody's sockets, is not the listener's alone.
                if (turn.IsOver(accept.IsCompleted))
                    await Task.Yield();
                HandOn(new EngineSocket(await accept.ConfigureAwait(false)));
            }
            catch (Exception e) when (stopped.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (IsPeersDoing(e.SocketErrorCode))
            {
                // The peer went away between its connect and our accept.
            }
            catch (Exception e) when (e is not SocketException)
            {
                // Not to be expected, and no reason to stop serving everybody else.
                Log.Unexpected(e);
            }
            catch (SocketException e)
            {
                await BackOff.WaitAsync(e.SocketErrorCode.ToString(), RefuseOne, stopped).ConfigureAwait(false);
            }
        }
    }

    private static bool IsPeersDoing(SocketError error) => error is SocketError.ConnectionAborted or SocketError.ConnectionReset
        or SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.HostDown;

    /// <summary>With the reserve descriptor let go, one waiting peer can be taken in and turned away instead of hanging.</summary>
    private void RefuseOne()
    {
        try
        {
            listening.Accept().Dispose();
        }
        catch (Exception e) when (Connection.IsDisconnect(e))
        {
        }
    }
}
