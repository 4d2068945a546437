using System.Net.WebSockets;
using System.Text;
using Keker.Benchmarks.Soak;
using Keker.Protocol.Commands;

namespace Keker.Benchmarks.Chaos;

/// <summary>A client of sub-protocol keker.v2: it says what it has of each stream, and gets everything exactly once.</summary>
internal sealed class TaggedCheck(Totals totals, StreamCheck own, StreamCheck? named) : DeliveryCheck(totals, own, named)
{
    private const byte LineFeed = (byte)'\n';
    private const string OwnLabel = "-";

    /// <summary>The last messages it has; null before the first.</summary>
    private MessageId? _ownId;
    private MessageId? _namedId;
    private bool _isWelcome;

    public override string? SubProtocol => "keker.v2";

    public override IEnumerable<string> Commands
    {
        get
        {
            yield return With($"HELLO {Own.Stream.Token}", _ownId);
            if (Named is not null)
                yield return With($"SUBSCRIBE {Named.Stream.Token}", _namedId);
        }
    }

    public override void Begin(string connection)
    {
        base.Begin(connection);
        _isWelcome = false;
    }

    public override bool Saw(ReadOnlySpan<byte> message, WebSocketMessageType type)
    {
        int end = message.IndexOf(LineFeed);
        string line = Encoding.UTF8.GetString(message[..(end < 0 || !message.StartsWith("MSG "u8) ? message.Length : end)]);
        string[] words = line.Split(' ');
        bool isExpected = words switch
        {
            ["WELCOME", _] or ["WELCOME", _, _] => !_isWelcome && (_isWelcome = true),
            ["MSG", var id, var label] when _isWelcome && end >= 0 => SawMessage(id, label, message[(end + 1)..], type),
            ["GAP", var label, var from, var to] when _isWelcome => SawGap(label, to, $"from {from} to {to}"),
            ["OK", "SUBSCRIBE", var label, var id] when _isWelcome => SawSubscribed(label, id),
            _ => false,
        };
        if (!isExpected)
            Totals.Find(Totals.Corrupted, $"{this}: did not expect {line}");
        return isExpected && words is ["MSG", _, OwnLabel];
    }

    private bool SawMessage(string text, string label, ReadOnlySpan<byte> payload, WebSocketMessageType type)
    {
        if (StreamOf(label) is not { } stream || !TryId(text, out MessageId id))
            return false;
        ref MessageId? last = ref LastOf(stream);
        if (last is { } known && known.Epoch == id.Epoch && id.Offset <= known.Offset)
        {
            Totals.Find(stream.Kind.Duplicated, $"{this}: {id.Offset} of {stream.Stream.Token} came after {known.Offset}");
            return true;
        }
        if (last is { } other && other.Epoch != id.Epoch)
            Totals.Find(stream.Kind.Reordered, $"{this}: {id} of {stream.Stream.Token} came after {other}, and no GAP between");
        last = id;
        if (Read(payload, type, out long number) is { } from)
        {
            if (from != stream)
                Totals.Find(Totals.Misrouted, $"{this}: {number} of {from.Stream.Token} came as {label}");
            else
                stream.Saw(number, ToString());
        }
        return true;
    }

    /// <summary>What comes after it will tell how much is gone.</summary>
    private bool SawGap(string label, string to, string what)
    {
        if (StreamOf(label) is not { } stream || !TryId(to, out MessageId id))
            return false;
        LastOf(stream) = id;
        stream.SawGap($"{this}: a gap in {stream.Stream.Token} {what}, next would be {stream.Next} of {stream.Stream.Made}");
        return true;
    }

    private bool SawSubscribed(string label, string text)
    {
        if (StreamOf(label) is not { } stream || stream == Own || !TryId(text, out MessageId id))
            return false;
        LastOf(stream) ??= id;
        return true;
    }

    private StreamCheck? StreamOf(string label) => label == OwnLabel ? Own : label == Named?.Stream.Token ? Named : null;

    private ref MessageId? LastOf(StreamCheck stream) => ref stream == Own ? ref _ownId : ref _namedId;

    private static bool TryId(string text, out MessageId id) => MessageId.TryParse(Encoding.UTF8.GetBytes(text), out id);

    private static string With(string command, MessageId? last)
    {
        if (last is not { } id)
            return command;
        Span<byte> text = stackalloc byte[MessageId.MaxLength];
        return $"{command} {Encoding.UTF8.GetString(text[..id.Write(text)])}";
    }
}
