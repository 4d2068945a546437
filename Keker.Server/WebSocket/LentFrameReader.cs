using Keker.Protocol.WebSocket;

namespace Keker.Server.WebSocket;

/// <summary>A reader of frames for whoever is between two messages: its thread has one, and no connection has to keep its own.</summary>
/// <remarks>Thread-safe: each thread has its own. A reader in the middle of a message, or at the end of everything, stays with its connection.</remarks>
internal static class LentFrameReader
{
    [ThreadStatic]
    private static FrameReader? _spare;

    /// <summary>A reader at the beginning of a frame. The parameters are those of its constructor.</summary>
    public static FrameReader Take(int maxMessageBytes, int maxFragments, bool allowCompressed)
    {
        FrameReader? spare = _spare;
        _spare = null;
        if (spare is null)
            return new FrameReader(maxMessageBytes, maxFragments, allowCompressed);
        spare.Reset(maxMessageBytes, maxFragments, allowCompressed);
        return spare;
    }

    /// <summary>Gives a reader back, if nothing of it is needed any more.</summary>
    /// <returns>False when something is.</returns>
    public static bool TryGiveBack(FrameReader reader)
    {
        if (!reader.IsBetweenMessages)
            return false;
        _spare = reader;
        return true;
    }
}
