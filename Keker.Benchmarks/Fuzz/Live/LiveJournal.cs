using System.Collections.Concurrent;

namespace Keker.Benchmarks.Fuzz.Live;

/// <summary>The last inputs, for the case that one of them ends the server. Thread-safe.</summary>
internal sealed class LiveJournal
{
    private const int Kept = 500;
    private const string Folder = "TestResults/fuzz/found/live";

    private readonly ConcurrentQueue<(string Kind, byte[] Input)> _inputs = new();
    private long _count;

    public long Count => Volatile.Read(ref _count);

    public void Add(string kind, byte[] input)
    {
        Interlocked.Increment(ref _count);
        _inputs.Enqueue((kind, input));
        if (_inputs.Count > Kept)
            _inputs.TryDequeue(out _);
    }

    /// <summary>Writes them to files, the newest last.</summary>
    /// <returns>Where they are.</returns>
    public string Save()
    {
        Directory.CreateDirectory(Folder);
        foreach ((int i, (string kind, byte[] input)) in _inputs.Index())
            File.WriteAllBytes(Path.Combine(Folder, $"{i:000}-{kind}"), input);
        return Folder;
    }
}
