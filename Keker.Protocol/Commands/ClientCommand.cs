namespace Keker.Protocol.Commands;

/// <summary>
/// One text message of a client:
/// <code>
/// command     = hello / subscribe / unsubscribe
/// hello       = "HELLO" 1*SP AUTH_INFO [ 1*SP id ]       ; the id in tagged mode only
/// subscribe   = "SUBSCRIBE" 1*SP topic [ 1*SP id ]       ; the id in tagged mode only
/// unsubscribe = "UNSUBSCRIBE" 1*SP topic
/// </code>
/// Case matters; nothing stands before the first word or after the last, not even a space. Refers to the message's bytes.
/// </summary>
public readonly ref struct ClientCommand
{
    private const byte Space = (byte)' ';

    private readonly MessageId _id;

    private ClientCommand(CommandKind kind, ReadOnlySpan<byte> name, bool hasId, MessageId id)
    {
        Kind = kind;
        Name = name;
        HasId = hasId;
        _id = id;
    }

    private ClientCommand(ErrorCode error)
    {
        Kind = CommandKind.Malformed;
        Error = error;
    }

    /// <summary>What the message says.</summary>
    public CommandKind Kind { get; }

    /// <summary>AUTH_INFO or the topic, valid as such; empty when the kind is Unknown or Malformed.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Whether the client named the last message it has.</summary>
    public bool HasId { get; }

    /// <summary>The id, when there is one.</summary>
    public MessageId Id => _id;

    /// <summary>What is wrong with it when the kind is Malformed; <see cref="ErrorCode.BadCommand"/> for Unknown.</summary>
    public ErrorCode Error { get; }

    /// <summary>Parses a whole text message. It need not be valid UTF-8.</summary>
    /// <param name="message">The payload of the message.</param>
    /// <param name="tagged">Whether the connection speaks <c>keker.v2</c>; else an id is malformed.</param>
    public static ClientCommand Parse(ReadOnlySpan<byte> message, bool tagged)
    {
        int end = message.IndexOf(Space);
        CommandKind kind = KindOf(end < 0 ? message : message[..end]);
        if (kind == CommandKind.Unknown) return default;
        if (end < 0) return new ClientCommand(ErrorCode.BadCommand);

        ReadOnlySpan<byte> rest = message[end..].TrimStart(Space);
        int nameEnd = rest.IndexOf(Space);
        ReadOnlySpan<byte> name = nameEnd < 0 ? rest : rest[..nameEnd];
        if (kind == CommandKind.Hello && !AuthInfo.IsValid(name)) return new ClientCommand(ErrorCode.BadCommand);
        if (kind != CommandKind.Hello && !TopicName.IsValid(name)) return new ClientCommand(ErrorCode.BadTopic);
        if (nameEnd < 0) return new ClientCommand(kind, name, false, default);

        if (kind == CommandKind.Unsubscribe || !tagged) return new ClientCommand(ErrorCode.BadCommand);
        return MessageId.TryParse(rest[nameEnd..].TrimStart(Space), out MessageId id)
            ? new ClientCommand(kind, name, true, id)
            : new ClientCommand(ErrorCode.BadId);
    }

    private static CommandKind KindOf(ReadOnlySpan<byte> word) => word.Length switch
    {
        5 when word.SequenceEqual("HELLO"u8) => CommandKind.Hello,
        9 when word.SequenceEqual("SUBSCRIBE"u8) => CommandKind.Subscribe,
        11 when word.SequenceEqual("UNSUBSCRIBE"u8) => CommandKind.Unsubscribe,
        _ => CommandKind.Unknown,
    };
}
