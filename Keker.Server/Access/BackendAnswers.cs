namespace Keker.Server.Access;

/// <summary>Answers of the backend that are fresh, by the hash of what was asked. What was asked for long ago gives way to what is new. Thread-safe.</summary>
internal sealed class BackendAnswers
{
    /// <summary>Answers of one generation; there are two.</summary>
    private const int Most = 16_384;

    private readonly Lock _lock = new();
    private Dictionary<UInt128, (Decision Decision, long FreshUntil)> _recent = [];
    private Dictionary<UInt128, (Decision Decision, long FreshUntil)> _older = [];

    /// <summary>The answer, or null where there is none that is fresh and has not ended.</summary>
    /// <param name="hash">Of what is asked.</param>
    /// <param name="now">Seconds since 1970.</param>
    public Decision? Find(UInt128 hash, long now)
    {
        lock (_lock)
        {
            if (!_recent.TryGetValue(hash, out (Decision Decision, long FreshUntil) found) && !_older.TryGetValue(hash, out found))
                return null;
            bool isGood = now < found.FreshUntil && (found.Decision.Grant is not { } grant || now < grant.EndsAt);
            return isGood ? found.Decision : null;
        }
    }

    /// <summary>Keeps an answer.</summary>
    public void Add(UInt128 hash, Decision decision, long freshUntil)
    {
        lock (_lock)
        {
            if (_recent.Count >= Most)
                (_older, _recent) = (_recent, []);
            _recent[hash] = (decision, freshUntil);
        }
    }
}
