namespace Keker.Server.Options;

/// <summary>Collects what is wrong with the options, so that all of it is told at once. Not thread-safe.</summary>
internal sealed class Mistakes
{
    private const int QuotedCharacters = 120;

    private readonly List<string> _lines = [];

    public int Count => _lines.Count;

    public IReadOnlyList<string> Lines => _lines;

    public void Add(string source, string mistake) => _lines.Add($"{source}: {mistake}");

    public void Add(GivenValue value, string mistake) => _lines.Add($"{value.Source} {Quote(value.Text)}: {mistake}");

    /// <summary>Keeps a line one line, and a terminal safe from what a value may hold.</summary>
    public static string Quote(string text)
    {
        string cut = text.Length > QuotedCharacters ? string.Concat(text.AsSpan(0, QuotedCharacters), "...") : text;
        return $"'{Clean(cut)}'";
    }

    /// <summary>A text of somebody else, with ? in place of what is no character.</summary>
    public static string Clean(string text) => string.Create(text.Length, text, static (clean, text) =>
    {
        for (int i = 0; i < text.Length; i++)
            clean[i] = char.IsControl(text[i]) ? '?' : text[i];
    });
}
