namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>
/// What an oracle thinks of an input. Oracles look at whole lines only, so a parser may refuse what they find Incomplete, and never
/// what they find Complete.
/// </summary>
internal enum OracleVerdict
{
    /// <summary>The end is missing, and nothing that is there in full is wrong.</summary>
    Incomplete,

    /// <summary>Well-formed to its end.</summary>
    Complete,

    /// <summary>Something that is there in full breaks the grammar or a limit.</summary>
    Refused,
}
