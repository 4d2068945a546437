namespace Keker.Benchmarks.Load.Reports;

/// <summary>Text in columns: the first aligned left, the others right. Columns that are empty in all rows are left out.</summary>
/// <param name="heads">The names of the columns.</param>
internal sealed class ReportTable(params string[] heads)
{
    private readonly List<string[]> _rows = [];

    /// <param name="cells">As many as there are columns; empty where nothing is known.</param>
    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print(TextWriter output)
    {
        int[] used = [.. Enumerable.Range(0, heads.Length).Where(column => _rows.Exists(row => row[column].Length > 0))];
        int[] widths = [.. used.Select(column => Math.Max(heads[column].Length, _rows.Max(row => row[column].Length)))];
        foreach (string[] row in _rows.Prepend(heads))
        {
            IEnumerable<string> cells = used.Select((column, i) =>
                i == 0 ? row[column].PadRight(widths[i]) : (row[column].Length > 0 ? row[column] : "-").PadLeft(widths[i]));
            output.WriteLine(string.Join("  ", cells));
        }
    }
}
