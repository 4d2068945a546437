namespace Keker.Server.Net;

/// <summary>Whoever waits for a socket.</summary>
internal interface IReadyHandler
{
    /// <summary>
    /// What the caller waited for has come, or the connection is over. Called once for each wait, on the thread that polls the socket: do not wait in here.
    /// </summary>
    void OnReady();
}
