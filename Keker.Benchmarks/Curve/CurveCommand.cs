namespace Keker.Benchmarks.Curve;

/// <summary>The <c>curve</c> command: what a flush pass costs per member, from one member to a million.</summary>
internal static class CurveCommand
{
    private const int Success = 0;
    private const int Misused = 2;

    private const int ReferenceMembers = 1000;
    private const int WarmUps = 3;

    private const string Usage = """
        Usage: Keker.Benchmarks curve [--shuffled] [--json FILE]

        --shuffled   the sessions lie in memory in another order than that of a pass
        --json FILE  write the table there, too

        Ratios are to 1000 members. The floor is what it costs to read one field of each subscription, session and transport.
        """;

    private static readonly int[] MemberCounts = [1, 10, 100, ReferenceMembers, 10_000, 100_000, 1_000_000];

    public static int Run(string[] args)
    {
        bool shuffled = args.Contains("--shuffled");
        string? path = null;
        switch (args.Where(arg => arg != "--shuffled").ToArray())
        {
            case []:
                break;
            case ["--json", string file]:
                path = file;
                break;
            default:
                Console.Error.WriteLine(Usage);
                return Misused;
        }

        // Until the code is what the compiler makes of it in the end.
        for (int i = 0; i < WarmUps; i++)
            Measure(ReferenceMembers, shuffled);
        var table = new CurveTable(Measure(ReferenceMembers, shuffled));
        CurveTable.PrintHeader();
        foreach (int members in MemberCounts)
            table.Add(Measure(members, shuffled));
        if (path is not null)
            table.Save(path);
        return Success;
    }

    private static CurvePoint Measure(int members, bool shuffled)
    {
        using var topic = new CurveTopic(members, shuffled);
        return topic.Measure();
    }
}
