using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Net;

/// <summary>Takes connections off one listening socket, and hands each of them on. Running out of descriptors slows it down and never stops it.</summary>
/// <param name="backOff">What it does meanwhile.</param>
/// <param name="log">Gets a line when something fails.</param>
/// <param name="accepted">Takes over each accepted socket; must not wait.</param>
internal abstract class Acceptor(AcceptBackOff backOff, ILogger log, Action<PeerSocket> accepted)
{
    protected AcceptBackOff BackOff => backOff;

    protected ILogger Log => log;

    /// <summary>Accepts until it is stopped. The listening socket is closed after that.</summary>
    public abstract Task RunAsync(CancellationToken stopped);

    /// <summary>Hands one on.</summary>
    protected void HandOn(PeerSocket socket)
    {
        backOff.Reset();
        try
        {
            accepted(socket);
        }
        catch (Exception e)
        {
            // It is not the listening socket that this came from, whatever it is.
            log.Unexpected(e);
            socket.Close(resets: false);
        }
    }
}
