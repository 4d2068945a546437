using System.Buffers;

namespace Keker.Protocol.Commands;

/// <summary>
/// One text message of a client:
/// <code>
/// command     = ( hello / subscribe / unsubscribe / ping ) *WS
/// hello       = "HELLO" 1*WS AUTH_INFO [ 1*WS id ]       ; the id in tagged mode only
/// subscribe   = "SUBSCRIBE" 1*WS topic [ 1*WS id ]       ; the id in tagged mode only
/// unsubscribe = "UNSUBSCRIBE" 1*WS topic
/// ping        = "PING" [ 1*WS word ]                      ; in tagged mode only
/// </code>
/// Where it is checked who may, AUTH_INFO is longer, and
/// <code>
/// subscribe   = "SUBSCRIBE" 1*WS topic [ 1*WS id ] [ 1*WS JWT ]    ; the id in tagged mode only, and the word with a colon
/// WS          = SP / HTAB / LF / VT / FF / CR            ; a line read from a file or a terminal has its end with it
/// </code>
/// Case matters; nothing stands before the first word. Refers to the message's bytes.
/// </summary>
public readonly ref struct ClientCommand
{
    /// <summary>Longest word of a PING in bytes: as much as a ping of WebSocket carries (RFC 6455 5.5).</summary>
    public const int MaxPingLength = 125;

    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\n\v\f\r"u8);

    private readonly MessageId _id;

    private ClientCommand(CommandKind kind, ReadOnlySpan<byte> name)
    {
        Kind = kind;
        Name = name;
    }

    private ClientCommand(CommandKind kind, ReadOnlySpan<byte> name, MessageId id)
        : this(kind, name)
    {
        HasId = true;
        _id = id;
    }

    private ClientCommand(ErrorCode error)
    {
        Kind = CommandKind.Malformed;
        Error = error;
    }

    /// <summary>What the message says.</summary>
    public CommandKind Kind { get; }

    /// <summary>AUTH_INFO, the topic, or the word of a PING, valid as such; empty when the kind is Unknown or Malformed, or a PING has no word.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Whether the client named the last message it has.</summary>
    public bool HasId { get; }

    /// <summary>The id, when there is one.</summary>
    public MessageId Id => _id;

    /// <summary>The signed token that goes with a SUBSCRIBE: a word without a colon, nothing more is known of it; empty for none.</summary>
    public ReadOnlySpan<byte> Proof { get; private init; }

    /// <summary>What is wrong with it when the kind is Malformed; <see cref="ErrorCode.BadCommand"/> for Unknown.</summary>
    public ErrorCode Error { get; private init; }

    /// <summary>A HELLO whose id is none: it counts as one without, and the client is told.</summary>
    public bool HasBadId { get; private init; }

    /// <summary>A malformed HELLO, and the reason is that AUTH_INFO has more bytes than it may have.</summary>
    public bool IsTooLong { get; private init; }

    /// <summary>Parses a whole text message. It need not be valid UTF-8.</summary>
    /// <param name="message">The payload of the message.</param>
    /// <param name="tagged">Whether the connection speaks <c>keker.v2</c>; else an id is malformed.</param>
    /// <param name="isChecked">Whether it is checked who may: AUTH_INFO then has up to <see cref="AuthInfo.MaxCheckedLength"/> bytes, and a SUBSCRIBE may have a proof.</param>
    public static ClientCommand Parse(ReadOnlySpan<byte> message, bool tagged, bool isChecked = false)
    {
        ReadOnlySpan<byte> rest = message;
        CommandKind kind = KindOf(TakeWord(ref rest));
        if (kind == CommandKind.Ping) return tagged ? ParsePing(rest) : default;
        if (kind == CommandKind.Unknown) return default;
        if (rest.IsEmpty) return new ClientCommand(ErrorCode.BadCommand);

        ReadOnlySpan<byte> name = TakeWord(ref rest);
        int longest = isChecked ? AuthInfo.MaxCheckedLength : AuthInfo.MaxLength;
        if (kind == CommandKind.Hello && !AuthInfo.IsValid(name, longest))
            return new ClientCommand(ErrorCode.BadCommand) { IsTooLong = name.Length > longest };
        if (kind != CommandKind.Hello && !TopicName.IsValid(name)) return new ClientCommand(ErrorCode.BadTopic);
        if (rest.IsEmpty) return new ClientCommand(kind, name);
        if (isChecked && kind == CommandKind.Subscribe) return ParseSubscribe(name, rest, tagged);

        ReadOnlySpan<byte> last = TakeWord(ref rest);
        if (kind == CommandKind.Unsubscribe || !tagged || !rest.IsEmpty) return new ClientCommand(ErrorCode.BadCommand);
        if (MessageId.TryParse(last, out MessageId id)) return new ClientCommand(kind, name, id);
        return kind == CommandKind.Hello ? new ClientCommand(kind, name) { HasBadId = true } : new ClientCommand(ErrorCode.BadId);
    }

    private static ClientCommand ParseSubscribe(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> rest, bool tagged)
    {
        ReadOnlySpan<byte> word = TakeWord(ref rest);
        if (!word.Contains((byte)':')) return WithProof(new ClientCommand(CommandKind.Subscribe, topic), word, rest);
        if (!tagged) return new ClientCommand(ErrorCode.BadCommand);
        bool isId = MessageId.TryParse(word, out MessageId id);
        if (rest.IsEmpty) return isId ? new ClientCommand(CommandKind.Subscribe, topic, id) : new ClientCommand(ErrorCode.BadId);
        ReadOnlySpan<byte> proof = TakeWord(ref rest);
        ClientCommand command = WithProof(new ClientCommand(CommandKind.Subscribe, topic, id), proof, rest);
        return isId || command.Kind == CommandKind.Malformed ? command : new ClientCommand(ErrorCode.BadId);
    }

    private static ClientCommand WithProof(ClientCommand command, ReadOnlySpan<byte> proof, ReadOnlySpan<byte> rest)
    {
        bool isGood = rest.IsEmpty && !proof.Contains((byte)':') && proof.Length <= AuthInfo.MaxCheckedLength;
        return isGood ? command with { Proof = proof } : new ClientCommand(ErrorCode.BadCommand);
    }

    private static ClientCommand ParsePing(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> word = TakeWord(ref rest);
        bool isValid = word.IsEmpty || word.Length <= MaxPingLength && AuthInfo.IsValid(word);
        return isValid && rest.IsEmpty ? new ClientCommand(CommandKind.Ping, word) : new ClientCommand(ErrorCode.BadCommand);
    }

    /// <summary>Takes the first word, and the white space behind it.</summary>
    private static ReadOnlySpan<byte> TakeWord(scoped ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOfAny(WhiteSpace);
        ReadOnlySpan<byte> word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..];
        int next = rest.IndexOfAnyExcept(WhiteSpace);
        rest = next < 0 ? default : rest[next..];
        return word;
    }

    private static CommandKind KindOf(ReadOnlySpan<byte> word) => word.Length switch
    {
        4 when word.SequenceEqual("PING"u8) => CommandKind.Ping,
        5 when word.SequenceEqual("HELLO"u8) => CommandKind.Hello,
        9 when word.SequenceEqual("SUBSCRIBE"u8) => CommandKind.Subscribe,
        11 when word.SequenceEqual("UNSUBSCRIBE"u8) => CommandKind.Unsubscribe,
        _ => CommandKind.Unknown,
    };
}
