using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Keker.Protocol.Commands;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// <see cref="ClientCommand"/> in both modes and <see cref="MessageId"/>: the verdict of an oracle of regular expressions, the name a part of
/// the message. What AUTH_INFO is, is for <see cref="HelloTarget"/>.
/// </summary>
internal sealed partial class CommandsTarget() : FuzzTarget("commands")
{
    private static readonly byte[] Text = new byte[MessageId.MaxLength];

    public override void Check(byte[] input)
    {
        string text = Encoding.Latin1.GetString(input);
        CheckId(input, text);
        Check(input, text, tagged: false);
        Check(input, text, tagged: true);
        CheckChecked(input, text, tagged: false);
        CheckChecked(input, text, tagged: true);
    }

    /// <summary>Where it is checked who may, all is as where it is not, but for a longer AUTH_INFO and what follows a topic.</summary>
    private static void CheckChecked(byte[] input, string text, bool tagged)
    {
        string mode = tagged ? "tagged and checked" : "plain and checked";
        ClientCommand command = ClientCommand.Parse(input, tagged, isChecked: true);
        ClientCommand open = ClientCommand.Parse(input, tagged);
        Property.Holds(command.Proof.IsEmpty || command.Kind == CommandKind.Subscribe, $"{mode}: a proof with SUBSCRIBE only");
        Property.Holds(tagged || !command.HasId, $"{mode}: no ids in plain mode");
        if (command.Kind == CommandKind.Hello && command.Name.Length > AuthInfo.MaxLength)
        {
            Property.Holds(AuthInfo.IsValid(command.Name, AuthInfo.MaxCheckedLength), $"{mode}: a long AUTH_INFO is valid");
            return;
        }
        Match match = Subscribe().Match(text);
        if (!match.Success || !IsName(isHello: false, Encoding.Latin1.GetBytes(match.Groups["name"].Value)))
        {
            Property.Holds(open.Kind == command.Kind && open.Error == command.Error && open.Name.SequenceEqual(command.Name) && open.HasId == command.HasId, $"{mode}: as elsewhere");
            return;
        }
        Group id = match.Groups["id"];
        Group proof = match.Groups["proof"];
        bool isForm = (tagged || !id.Success) && !match.Groups["more"].Success && proof.Length <= 8192 && !proof.Value.Contains(':', StringComparison.Ordinal);
        ErrorCode error = !isForm ? ErrorCode.BadCommand : id.Success && !IsId(id.Value) ? ErrorCode.BadId : default;
        bool isGood = isForm && (!id.Success || IsId(id.Value));
        Property.Same((isGood ? CommandKind.Subscribe : CommandKind.Malformed, error), (command.Kind, command.Error), mode);
        if (!isGood) return;
        Property.Same(proof.Value, Encoding.Latin1.GetString(command.Proof), $"{mode}: proof");
        Property.Same(id.Success, command.HasId, $"{mode}: has an id");
        if (command.HasId) Property.Same(id.Value, Written(command.Id), $"{mode}: id");
    }

    private static void Check(byte[] input, string text, bool tagged)
    {
        string mode = tagged ? "tagged" : "plain";
        ClientCommand command = ClientCommand.Parse(input, tagged);
        bool isNamed = command.Kind is CommandKind.Hello or CommandKind.Subscribe or CommandKind.Unsubscribe || (command.Kind == CommandKind.Ping && !command.Name.IsEmpty);
        Property.Same(isNamed, !command.Name.IsEmpty, $"{mode}: a name with a command and no other");
        Property.Holds(!command.Name.IsEmpty || !command.HasId, $"{mode}: no id without a command");
        Property.Holds(tagged || !command.HasId, "plain: no ids");
        if (isNamed)
        {
            Property.Holds(input.AsSpan().Overlaps(command.Name), $"{mode}: the name is a part of the message");
            Property.Holds(IsName(command.Kind is CommandKind.Hello or CommandKind.Ping, command.Name), $"{mode}: the name is valid");
        }

        Match match = Command().Match(text);
        (CommandKind kind, ErrorCode error) = match.Success ? Judge(match, tagged) : (CommandKind.Unknown, ErrorCode.BadCommand);
        Property.Same((kind, error), (command.Kind, command.Error), mode);
        if (!isNamed) return;
        Property.Same(match.Groups["name"].Value, Encoding.Latin1.GetString(command.Name), $"{mode}: name");
        bool hasId = match.Groups["id"].Success && IsId(match.Groups["id"].Value);
        Property.Same(hasId, command.HasId, $"{mode}: has an id");
        Property.Same(match.Groups["id"].Success && !hasId, command.HasBadId, $"{mode}: has what is no id");
        if (command.HasId) Property.Same(match.Groups["id"].Value, Written(command.Id), $"{mode}: id");
    }

    private static (CommandKind Kind, ErrorCode Error) Judge(Match match, bool tagged)
    {
        if (match.Groups["word"].Value == "PING") return JudgePing(match, tagged);
        CommandKind kind = match.Groups["word"].Value switch
        {
            "HELLO" => CommandKind.Hello,
            "SUBSCRIBE" => CommandKind.Subscribe,
            _ => CommandKind.Unsubscribe,
        };
        bool isHello = kind == CommandKind.Hello;
        if (!match.Groups["name"].Success) return (CommandKind.Malformed, ErrorCode.BadCommand);
        if (!IsName(isHello, Encoding.Latin1.GetBytes(match.Groups["name"].Value)))
            return (CommandKind.Malformed, isHello ? ErrorCode.BadCommand : ErrorCode.BadTopic);
        if (!match.Groups["id"].Success) return (kind, default);
        if (kind == CommandKind.Unsubscribe || !tagged || match.Groups["more"].Success) return (CommandKind.Malformed, ErrorCode.BadCommand);
        return isHello || IsId(match.Groups["id"].Value) ? (kind, default) : (CommandKind.Malformed, ErrorCode.BadId);
    }

    private static (CommandKind Kind, ErrorCode Error) JudgePing(Match match, bool tagged)
    {
        if (!tagged) return (CommandKind.Unknown, ErrorCode.BadCommand);
        byte[] word = Encoding.Latin1.GetBytes(match.Groups["name"].Value);
        bool isPing = word.Length == 0 || (word.Length <= 125 && AuthInfo.IsValid(word) && !match.Groups["id"].Success);
        return isPing ? (CommandKind.Ping, default) : (CommandKind.Malformed, ErrorCode.BadCommand);
    }

    private static bool IsName(bool isHello, ReadOnlySpan<byte> name) =>
        AuthInfo.IsValid(name) && (isHello || (!name.SequenceEqual("-"u8) && !name.SequenceEqual("*"u8)));

    private static void CheckId(byte[] input, string text)
    {
        bool isId = MessageId.TryParse(input, out MessageId id);
        Property.Same(IsId(text), isId, "the whole input as an id");
        if (!isId) return;
        Property.Same(text, Written(id), "an id has one spelling");
        Property.Same(text.Length, id.Length, "length of the id");
    }

    private static bool IsId(string text) =>
        Id().Match(text) is { Success: true } match && BigInteger.Parse(match.Groups["offset"].Value, CultureInfo.InvariantCulture) <= long.MaxValue;

    private static string Written(MessageId id) => Encoding.Latin1.GetString(Text, 0, id.Write(Text));

    [GeneratedRegex(@"\A(?<word>HELLO|SUBSCRIBE|UNSUBSCRIBE|PING)(?:[ \t\n\v\f\r]+(?<name>[^ \t\n\v\f\r]+)(?:[ \t\n\v\f\r]+(?<id>[^ \t\n\v\f\r]+)(?<more>[ \t\n\v\f\r]+[^ \t\n\v\f\r].*)?)?)?[ \t\n\v\f\r]*\z", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Command();

    [GeneratedRegex(@"\ASUBSCRIBE[ \t\n\v\f\r]+(?<name>[^ \t\n\v\f\r]+)(?:[ \t\n\v\f\r]+(?<id>[^ \t\n\v\f\r]*:[^ \t\n\v\f\r]*))?(?:[ \t\n\v\f\r]+(?<proof>[^ \t\n\v\f\r]+))?(?<more>[ \t\n\v\f\r]+[^ \t\n\v\f\r].*)?[ \t\n\v\f\r]*\z", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Subscribe();

    [GeneratedRegex(@"\A(?:0|[1-9a-f][0-9a-f]{0,15}):(?<offset>0|[1-9][0-9]{0,18})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
