using System.Text;

namespace Keker.Server.Observability;

/// <summary>
/// Writes lines on a thread of its own. Nobody waits for whoever reads the log: when the lines that are to be written are too many, new ones
/// are dropped, and a line says how many as soon as something can be written again.
/// </summary>
/// <remarks>Thread-safe. Adding never blocks; the lock is not held while something is written.</remarks>
internal sealed class LogWriter : IDisposable
{
    private readonly object _gate = new();
    private readonly Stream _output;
    private readonly int _most;
    private readonly Func<long, string> _tellDropped;
    private readonly Thread _thread;
    private List<string> _lines = [];
    private long _dropped;
    private bool _ended;

    /// <param name="output">Where lines go, in UTF-8. A write may take for ever.</param>
    /// <param name="most">Lines that may wait.</param>
    /// <param name="tellDropped">Makes the line that says how many were dropped.</param>
    public LogWriter(Stream output, int most, Func<long, string> tellDropped)
    {
        _output = output;
        _most = most;
        _tellDropped = tellDropped;

        // In the background: a write that never ends does not keep the process.
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>The longest wait for the last lines: a reader that is there takes them at once, and one that is not must not keep the process.</summary>
    public static TimeSpan LastWords { get; } = TimeSpan.FromSeconds(1);

    /// <param name="line">A line with its end.</param>
    public void Add(string line)
    {
        lock (_gate)
        {
            if (_lines.Count >= _most)
            {
                _dropped++;
                return;
            }
            _lines.Add(line);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for the lines that were added to be written, for <see cref="LastWords"/> at most.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.Pulse(_gate);
        }
        _thread.Join(LastWords);
    }

    private void WriteAll()
    {
        List<string> spare = [];
        while (Take(ref spare, out long dropped))
        {
            // Lines are only dropped while others wait, so these are older than the dropped ones.
            if (dropped > 0)
                spare.Add(_tellDropped(dropped));
            if (!TryWrite(string.Concat(spare)))
                PutBack(spare.Count - (dropped > 0 ? 1 : 0) + dropped);
            spare.Clear();
        }
    }

    /// <summary>Waits for lines and exchanges them for an empty list.</summary>
    /// <returns>False when all are written and no more come.</returns>
    private bool Take(ref List<string> lines, out long dropped)
    {
        lock (_gate)
        {
            while (_lines.Count == 0 && !_ended)
                Monitor.Wait(_gate);
            (lines, _lines) = (_lines, lines);
            (dropped, _dropped) = (_dropped, 0);
            return lines.Count > 0;
        }
    }

    /// <returns>False when the disk is full, say. A pipe whose reader has gone takes everything.</returns>
    private bool TryWrite(string text)
    {
        try
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            _output.Write(bytes, 0, bytes.Length);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void PutBack(long dropped)
    {
        lock (_gate)
            _dropped += dropped;
    }
}
