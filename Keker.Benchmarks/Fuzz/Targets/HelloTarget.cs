using System.Text;
using Keker.Protocol.Commands;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// HELLO as <see cref="ClientCommand"/> takes it in plain mode, and <see cref="AuthInfo"/>: the verdict of an oracle that works on code points, the token a part of the message.
/// </summary>
internal sealed class HelloTarget() : FuzzTarget("hello")
{
    private const string Command = "HELLO";

    /// <summary>What may stand between the words and behind them.</summary>
    private const string WhiteSpace = " \t\n\v\f\r";

    /// <summary>Unicode White_Space outside the controls, written out (PropList.txt).</summary>
    private static readonly int[] Spaces =
    [
        0x20, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
        0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
    ];

    public override void Check(byte[] input)
    {
        Property.Same(IsWord(input), AuthInfo.IsValid(input), "the whole input as AUTH_INFO");

        ClientCommand command = ClientCommand.Parse(input, tagged: false);
        bool isHello = command.Kind == CommandKind.Hello;
        ReadOnlySpan<byte> token = isHello ? command.Name : default;
        byte[]? expected = TokenOf(input);
        Property.Same(expected is not null, isHello, "accepted as HELLO");
        Property.SameBytes(expected, token, "token");
        if (!isHello) return;

        Property.Holds(AuthInfo.IsValid(token), "what HELLO names is an AUTH_INFO");
        Property.Holds(input.AsSpan().Overlaps(token, out int offset) && input.AsSpan(offset + token.Length).IndexOfAnyExcept(Encoding.ASCII.GetBytes(WhiteSpace)) < 0, "the token ends the message");
    }

    private static byte[]? TokenOf(byte[] message)
    {
        string text = Encoding.Latin1.GetString(message);
        if (!text.StartsWith(Command, StringComparison.Ordinal) || text.Length == Command.Length || !WhiteSpace.Contains(text[Command.Length], StringComparison.Ordinal)) return null;
        byte[] word = Encoding.Latin1.GetBytes(text[Command.Length..].Trim([.. WhiteSpace]));
        return IsWord(word) ? word : null;
    }

    private static bool IsWord(byte[] word)
    {
        if (word.Length is 0 or > 512 || !SlowUtf8.IsText(word, whole: true)) return false;
        foreach (Rune rune in Encoding.UTF8.GetString(word).EnumerateRunes())
        {
            bool isControl = rune.Value is < 0x20 or (>= 0x7F and < 0xA0);
            if (isControl || Spaces.Contains(rune.Value)) return false;
        }

        return true;
    }
}
