using System.Net.WebSockets;

namespace Keker.Benchmarks.Soak;

/// <summary>Verifies everything that one session receives: whole, of its own token or a broadcast, once, in order. For one reader.</summary>
/// <param name="totals">Where findings go.</param>
/// <param name="stream">The stream of its token.</param>
/// <param name="isWhole">True for a session that is there from the first message on.</param>
internal sealed class MessageCheck(Totals totals, MessageStream stream, bool isWhole) : IMessageCheck
{
    /// <summary>The stream of the broadcasts.</summary>
    public const int Broadcasts = 0xFFFF;

    private readonly OrderCheck _own = new(totals, stream.Token, isWhole ? 0 : -1);
    private readonly OrderCheck _all = new(totals, $"broadcast to {stream.Token}", isWhole ? 0 : -1);

    public long Next => _own.Next;

    public long NextBroadcast => _all.Next;

    public bool Saw(ReadOnlySpan<byte> message, WebSocketMessageType type)
    {
        if (!Payload.TryRead(message, type == WebSocketMessageType.Binary, out int from, out long number))
        {
            totals.Find(totals.Corrupted, $"{stream.Token}: {message.Length} bytes of {type} are not what was published");
            return false;
        }
        totals.Delivered.Increment();
        if (from == Broadcasts)
        {
            _all.Saw(number);
            return false;
        }
        if (from == stream.Index)
            _own.Saw(number);
        else
            totals.Find(totals.Misrouted, $"{stream.Token}: got {number} of stream {from}");
        return from == stream.Index;
    }

    public void End(MessageStream broadcasts)
    {
        _own.End(stream.Made);
        _all.End(broadcasts.Made);
    }
}
