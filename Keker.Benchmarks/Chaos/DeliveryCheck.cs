using System.Net.WebSockets;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>Verifies what one client receives over all its connections, and knows what the client has to say on the next one. For one reader at a time.</summary>
/// <param name="totals">Where findings go.</param>
/// <param name="own">What is published to the client's token.</param>
/// <param name="named">What is published to the topic it subscribes to; null when it subscribes to none.</param>
internal abstract class DeliveryCheck(Totals totals, StreamCheck own, StreamCheck? named) : IMessageCheck
{
    private string _connection = "";

    /// <summary>What a client has to offer in its handshake; null for none.</summary>
    public abstract string? SubProtocol { get; }

    /// <summary>What a client has to say at the beginning of a connection.</summary>
    public abstract IEnumerable<string> Commands { get; }

    /// <summary>How far it is, for findings.</summary>
    public string Progress => $"{own.Next} of {own.Stream.Made}{(named is null ? "" : $", and {named.Next} of {named.Stream.Made} of {named.Stream.Token}")}";

    /// <summary>True when all that was published until now is here.</summary>
    public bool HasEverything => own.HasEverything && named?.HasEverything != false;

    protected Totals Totals => totals;

    protected StreamCheck Own => own;

    protected StreamCheck? Named => named;

    /// <summary>A new connection, after a break unless it is the first.</summary>
    /// <param name="connection">What is told of it with a finding.</param>
    public virtual void Begin(string connection)
    {
        _connection = connection;
        own.Begin();
        named?.Begin();
    }

    /// <summary>The server was started again; see <see cref="StreamCheck.Restart"/>.</summary>
    public void Restart(bool mayMiss)
    {
        own.Restart(mayMiss);
        named?.Restart(mayMiss);
    }

    public abstract bool Saw(ReadOnlySpan<byte> message, WebSocketMessageType type);

    /// <summary>Nothing more comes: what was published and has not come is lost.</summary>
    public void End()
    {
        own.End(ToString());
        named?.End(ToString());
    }

    public override string ToString() => $"{own.Stream.Token}, {_connection}";

    /// <summary>Takes a payload apart.</summary>
    /// <returns>The stream it belongs to; null when it is a greeting, or wrong.</returns>
    protected StreamCheck? Read(ReadOnlySpan<byte> payload, WebSocketMessageType type, out long number)
    {
        if (!Payload.TryRead(payload, type == WebSocketMessageType.Binary, out int from, out number))
            totals.Find(totals.Corrupted, $"{this}: {payload.Length} bytes of {type} are not what was published");
        else if (from == own.Stream.Index)
            return own;
        else if (from == named?.Stream.Index)
            return named;
        else if (from != Greeting.Index || named is null)
            totals.Find(totals.Misrouted, $"{this}: got {number} of stream {from}");
        return null;
    }
}
