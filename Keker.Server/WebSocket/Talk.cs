namespace Keker.Server.WebSocket;

/// <summary>What a subscriber says beside HELLO and pongs. Most say nothing, and have none of this.</summary>
/// <remarks>Made by whoever reads the connection. The budget is the reader's, and the heartbeat's while there is a pause.</remarks>
/// <param name="now">Milliseconds of the clock.</param>
internal sealed class Talk(long now)
{
    /// <summary>How much more it may say.</summary>
    public FrameBudget Budget = new(now);

    /// <summary>Set while nothing is read of it, because it has said too much.</summary>
    public TaskCompletionSource? Pause;
}
