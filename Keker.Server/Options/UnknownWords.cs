using System.Buffers;

namespace Keker.Server.Options;

/// <summary>Tells words of the command line that belong to no option, without ever repeating what may be a key.</summary>
internal static class UnknownWords
{
    /// <summary>Edits up to which a word with other letters than options have (capitals, underscores) is still one that tries to name one.</summary>
    private const int FewEdits = 2;

    private static readonly SearchValues<char> OptionLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz-");

    private static readonly string[] Names = [.. OptionDefinitions.All.Select(option => option.Name), "--help", "--version"];

    /// <param name="mistakes">Takes the lines.</param>
    /// <param name="words">The words in order.</param>
    /// <param name="mayHoldKey">A publish key was given, so a word may be the rest of one that had a space in it.</param>
    public static void AddTo(Mistakes mistakes, IReadOnlyList<string> words, bool mayHoldKey)
    {
        int others = 0;
        foreach (string word in words)
        {
            if (OptionNameIn(word) is { } name)
                mistakes.Add(name, NoSuchOption(name));
            else
                others++;
        }

        // Beside an unknown option they are most likely its values, and it may be a mistyped --publish-key.
        if (others == 0 || others < words.Count)
            return;

        if (mayHoldKey)
        {
            mistakes.Add("command line", "a word belongs to no option (not shown, it may be part of a key), expected options only");
            return;
        }

        foreach (string word in words)
            mistakes.Add(Mistakes.Quote(word), $"belongs to no option, expected {CommandNear(word) ?? "options only"}");
    }

    /// <summary>What was meant where a word is a command in the wrong place, or nearly one; null for any other word.</summary>
    private static string? CommandNear(string word)
    {
        string nearest = Likeness.Nearest(word, CommandDefinitions.All.Select(command => command.Name));
        return Likeness.Edits(word.Length > 2 * nearest.Length ? "" : word, nearest) <= FewEdits ? $"options only, or a command first: {CommandLine.ProgramName} {nearest}" : null;
    }

    private static string NoSuchOption(string name)
    {
        // One letter is near to everything.
        bool isShort = name.Length <= 2;
        return isShort ? "no such option, see kekerd --help" : $"no such option, the nearest is {Nearest(name)}, see kekerd --help";
    }

    /// <summary>The option that a word tries to name, without a value; null for any other word. Keys that begin with a dash hold more than small letters.</summary>
    private static string? OptionNameIn(string word)
    {
        int end = word.AsSpan().IndexOfAny('=', ':');
        string name = end < 0 ? word : word[..end];
        ReadOnlySpan<char> letters = name.AsSpan().TrimStart('-');
        if (!name.StartsWith('-') || letters.IsEmpty)
            return null;
        bool isName = letters.Length == 1 || !letters.ContainsAnyExcept(OptionLetters) || Likeness.Edits(Normal(name), Nearest(name)) <= FewEdits;
        return isName ? name : null;
    }

    private static string Nearest(string name) => Likeness.Nearest(Normal(name), Names);

    private static string Normal(string name) => "--" + name.TrimStart('-').ToLowerInvariant().Replace('_', '-');
}
