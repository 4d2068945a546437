namespace Keker.Server.Client;

/// <summary>The server has not opened a WebSocket.</summary>
/// <param name="status">What it answered; 0 for what is no answer of a WebSocket server.</param>
/// <param name="answer">What it said.</param>
internal sealed class HandshakeException(int status, string answer) : Exception(
    status == 0 ? "no WebSocket server answers there" : $"the server answers {status}: {answer}")
{
    /// <summary>Whether it may be another time: too many, too fast, draining, or a proxy whose server is away.</summary>
    public bool IsPassing => status is 408 or 429 or >= 500;
}
