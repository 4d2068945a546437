namespace Keker.Tests.EndToEnd;

/// <summary>The lines a process has written so far, and the wait for one of them. Thread-safe.</summary>
internal sealed class LogLines
{
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = New();

    public string Text
    {
        get { lock (_lines) return string.Join('\n', _lines); }
    }

    public void Add(string line)
    {
        TaskCompletionSource changed;
        lock (_lines)
        {
            _lines.Add(line);
            changed = _changed;
            _changed = New();
        }
        changed.SetResult();
    }

    /// <summary>Waits until so many lines hold the text, and returns them.</summary>
    public async Task<string[]> WaitForAsync(string text, int count = 1)
    {
        while (true)
        {
            Task changed;
            lock (_lines)
            {
                string[] found = [.. _lines.Where(line => line.Contains(text, StringComparison.Ordinal))];
                if (found.Length >= count)
                    return found;
                changed = _changed.Task;
            }
            await changed.Soon($"a line with '{text}'");
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
