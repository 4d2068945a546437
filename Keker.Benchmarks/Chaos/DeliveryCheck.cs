using System.Net.WebSockets;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>
/// Verifies what one client receives over all its connections: everything at least once, first receipts in order, every connection by itself
/// without a hole, and nothing again but at the beginning of a connection that follows a break. For one reader at a time.
/// </summary>
internal sealed class DeliveryCheck(Totals totals, ChaosTotals chaos, MessageStream stream) : IMessageCheck
{
    private readonly HashSet<long> _missing = [];
    private string _connection = "";
    private long _next;
    private long _last = -1;
    private bool _mayRepeat;

    /// <summary>Everything before this number has come, or was found missing.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>A new connection, after a break unless it is the first.</summary>
    /// <param name="connection">What is told of it with a finding.</param>
    public void Begin(string connection)
    {
        _connection = connection;
        _last = -1;
        _mayRepeat = true;
    }

    public bool Saw(ReadOnlySpan<byte> message, WebSocketMessageType type)
    {
        if (!Payload.TryRead(message, type == WebSocketMessageType.Binary, out int from, out long number))
        {
            totals.Find(totals.Corrupted, $"{this}: {message.Length} bytes of {type} are not what was published");
            return false;
        }
        if (from != stream.Index)
        {
            totals.Find(totals.Misrouted, $"{this}: got {number} of stream {from}");
            return false;
        }
        totals.Delivered.Add();
        if (_last >= 0 && number != _last + 1)
            totals.Find(totals.Reordered, $"{this}: {number} came after {_last}");
        _last = number;
        Count(number);
        return true;
    }

    /// <summary>Nothing more comes: what was published and has not come is lost.</summary>
    public void End()
    {
        if (stream.Made > Next)
            totals.Find(totals.Lost, $"{this}: the last is {Next - 1}, but {stream.Made - 1} was published", stream.Made - Next);
    }

    public override string ToString() => $"{stream.Token}, {_connection}";

    private void Count(long number)
    {
        if (number >= Next)
        {
            _mayRepeat = false;
            if (number > Next)
                totals.Find(totals.Lost, $"{this}: {number} came where {Next} should", number - Next);
            for (long missing = Next; missing < number; missing++)
                _missing.Add(missing);
            Volatile.Write(ref _next, number + 1);
        }
        else if (_missing.Remove(number))
        {
            totals.Lost.Add(-1);
            totals.Find(totals.Reordered, $"{this}: {number} came late, after {Next - 1}");
        }
        else if (_mayRepeat)
        {
            chaos.Repeated.Add();
        }
        else
        {
            totals.Find(totals.Duplicated, $"{this}: {number} came again, after {Next - 1}");
        }
    }
}
