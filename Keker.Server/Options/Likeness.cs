namespace Keker.Server.Options;

/// <summary>How far a word is from the one that was meant. Pure.</summary>
internal static class Likeness
{
    /// <summary>
    /// The least number of edits that make one word of the other: one is a letter put in, left out or replaced, or two neighbours that changed places
    /// (optimal string alignment). Quadratic in the lengths: for short words.
    /// </summary>
    public static int Edits(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        int[,] edits = new int[one.Length + 1, other.Length + 1];
        for (int i = 0; i <= one.Length; i++)
            edits[i, 0] = i;
        for (int j = 0; j <= other.Length; j++)
            edits[0, j] = j;
        for (int i = 1; i <= one.Length; i++)
        {
            for (int j = 1; j <= other.Length; j++)
            {
                int replaced = edits[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(replaced, Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        }
        return edits[one.Length, other.Length];
    }

    /// <summary>The word that takes the fewest edits, the first of several.</summary>
    /// <param name="word">What was written; what is over the length of any name is cut off.</param>
    /// <param name="words">At least one.</param>
    public static string Nearest(string word, IEnumerable<string> words)
    {
        const int LongestName = 64;
        string cut = word.Length > LongestName ? word[..LongestName] : word;
        return words.MinBy(known => Edits(cut, known))!;
    }
}
