namespace Keker.Protocol.Commands;

/// <summary>
/// What a server says in tagged mode, as a client reads it; the counterpart of <see cref="ClientCommand"/>. Grammar:
/// <code>
/// welcome      = "WELCOME " session " " id
/// subscribed   = "OK SUBSCRIBE " topic " " id
/// unsubscribed = "OK UNSUBSCRIBE " topic
/// pong         = "PONG" [ " " word ]
/// message      = "MSG " id " " topic LF payload
/// gap          = "GAP " topic " " id " " id
/// error        = "ERR " code " " text
/// </code>
/// Refers to the message's bytes.
/// </summary>
public readonly ref struct ServerLine
{
    private readonly MessageId _id;
    private readonly MessageId _to;

    private ServerLine(ServerLineKind kind) => Kind = kind;

    /// <summary>What it is.</summary>
    public ServerLineKind Kind { get; }

    /// <summary>The topic; the code of an error; empty where there is neither.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>The payload of a message, the text of an error, the word of a PONG.</summary>
    public ReadOnlySpan<byte> Rest { get; private init; }

    /// <summary>The id of a message, the one to go on from, or the one where a gap begins.</summary>
    public MessageId Id { get => _id; private init => _id = value; }

    /// <summary>Where a gap ends.</summary>
    public MessageId To { get => _to; private init => _to = value; }

    /// <summary>Parses a whole message of the WebSocket, text or binary.</summary>
    /// <param name="message">Its payload; any bytes.</param>
    public static ServerLine Parse(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> rest = message;
        ReadOnlySpan<byte> word = TakeWord(ref rest);
        if (word.SequenceEqual("MSG"u8)) return ParseMessage(rest);
        if (word.SequenceEqual("OK"u8)) return ParseAnswer(rest);
        if (word.SequenceEqual("GAP"u8)) return ParseGap(rest);
        if (word.SequenceEqual("PONG"u8)) return new ServerLine(ServerLineKind.Pong) { Rest = rest };
        if (word.SequenceEqual("ERR"u8)) return new ServerLine(ServerLineKind.Error) { Name = TakeWord(ref rest), Rest = rest };
        if (!word.SequenceEqual("WELCOME"u8)) return default;
        TakeWord(ref rest);
        return MessageId.TryParse(rest, out MessageId id) ? new ServerLine(ServerLineKind.Welcome) { Name = TopicName.OwnToken, Id = id } : default;
    }

    private static ServerLine ParseMessage(ReadOnlySpan<byte> rest)
    {
        int end = rest[..Math.Min(rest.Length, MessageLine.MaxLength)].IndexOf((byte)'\n');
        if (end < 0) return default;
        ReadOnlySpan<byte> topic = rest[..end];
        ReadOnlySpan<byte> word = TakeWord(ref topic);
        return MessageId.TryParse(word, out MessageId id) && AuthInfo.IsValid(topic)
            ? new ServerLine(ServerLineKind.Message) { Id = id, Name = topic, Rest = rest[(end + 1)..] }
            : default;
    }

    private static ServerLine ParseAnswer(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> word = TakeWord(ref rest);
        ReadOnlySpan<byte> topic = TakeWord(ref rest);
        if (word.SequenceEqual("UNSUBSCRIBE"u8)) return new ServerLine(ServerLineKind.Unsubscribed) { Name = topic };
        bool isGood = MessageId.TryParse(rest, out MessageId id) && word.SequenceEqual("SUBSCRIBE"u8);
        return isGood ? new ServerLine(ServerLineKind.Subscribed) { Name = topic, Id = id } : default;
    }

    private static ServerLine ParseGap(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> topic = TakeWord(ref rest);
        ReadOnlySpan<byte> from = TakeWord(ref rest);
        return MessageId.TryParse(from, out MessageId id) && MessageId.TryParse(rest, out MessageId to)
            ? new ServerLine(ServerLineKind.Gap) { Name = topic, Id = id, To = to }
            : default;
    }

    /// <summary>Takes the first word, and the space behind it.</summary>
    private static ReadOnlySpan<byte> TakeWord(scoped ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return word;
    }
}
