using Keker.Benchmarks.Load.Measures;

namespace Keker.Benchmarks.Load.Reports;

/// <summary>Bars for latencies, one for each doubling.</summary>
internal static class HistogramChart
{
    private const int Width = 50;
    private const long Microsecond = 1000;

    public static void Print(LatencyHistogram histogram, TextWriter output)
    {
        var rows = new List<(long From, long To, long Count)>();
        long below = 0;
        for (long from = 0, to = Microsecond; below < histogram.Count; from = to, to *= 2)
        {
            long belowNext = histogram.CountBelow(to);
            if (belowNext > 0)
                rows.Add((from, to, belowNext - below));
            below = belowNext;
        }
        long most = rows.Count == 0 ? 0 : rows.Max(row => row.Count);
        foreach ((long from, long to, long count) in rows)
        {
            // The least that is there shows as something.
            int length = (int)((count * Width + most - 1) / most);
            output.WriteLine(
                $"{Format.Duration((double)from / Microsecond),10} .. {Format.Duration((double)to / Microsecond),-9} "
                + $"{Format.Short(100.0 * count / histogram.Count),6} %  {new string('#', length)}");
        }
    }
}
