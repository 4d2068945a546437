namespace Keker.Server.Net;

/// <summary>
/// How long one connection may keep its thread: a peer that sends without pause always has bytes ready, so its reads never wait,
/// and the thread that polls everybody's sockets would be its alone.
/// </summary>
/// <remarks>Not thread-safe. A mutable struct: keep it in a local or a field.</remarks>
internal struct ReadTurn
{
    /// <summary>Reads that may complete at once before others get their turn: enough for any burst that is not an attack.</summary>
    private const int MostReads = 16;

    private int _reads;

    /// <summary>Counts a read.</summary>
    /// <param name="completedAtOnce">Whether the bytes were there already.</param>
    /// <returns>True when the turn is over: yield the thread before going on.</returns>
    public bool IsOver(bool completedAtOnce)
    {
        _reads = completedAtOnce ? _reads + 1 : 0;
        if (_reads < MostReads)
            return false;
        _reads = 0;
        return true;
    }
}
