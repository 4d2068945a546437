using System.Net.WebSockets;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks.Chaos;

/// <summary>A client that cannot tell what it has: messages are bare, and may come again at the beginning of a connection.</summary>
internal sealed class PlainCheck(Totals totals, StreamCheck own, StreamCheck? named) : DeliveryCheck(totals, own, named)
{
    public override string? SubProtocol => null;

    public override IEnumerable<string> Commands =>
        Named is null ? [$"HELLO {Own.Stream.Token}"] : [$"HELLO {Own.Stream.Token}", $"SUBSCRIBE {Named.Stream.Token}"];

    public override bool Saw(ReadOnlySpan<byte> message, WebSocketMessageType type)
    {
        StreamCheck? stream = Read(message, type, out long number);
        stream?.Saw(number, ToString());
        return stream == Own;
    }
}
