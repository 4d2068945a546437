namespace Keker.Benchmarks.Soak;

/// <summary>The numbered messages of one token or named topic, or the broadcasts. One publisher numbers them, many readers ask how far it is.</summary>
internal sealed class MessageStream(int index, string token)
{
    private readonly HashSet<long> _large = [];
    private readonly HashSet<long> _lost = [];
    private long _made;
    private long _bytes;

    /// <summary>What the messages carry in place of the token.</summary>
    public int Index => index;

    /// <summary>The token, or the name of the topic.</summary>
    public string Token => token;

    /// <summary>The field of a publish that names it.</summary>
    public string Field { get; init; } = "Token";

    /// <summary>Steady subscribers, all of which must be among those that a publish counts.</summary>
    public int Steady { get; set; }

    /// <summary>Bytes above which a message is large.</summary>
    public int LargeFrom { get; init; } = int.MaxValue;

    /// <summary>How many were numbered; all of them were or are being published.</summary>
    public long Made => Volatile.Read(ref _made);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether the message with that number is large. Thread-safe.</summary>
    public bool IsLarge(long number)
    {
        lock (_large)
            return _large.Contains(number);
    }

    /// <summary>A reader has not got a message. Thread-safe.</summary>
    /// <returns>False when another one had not either.</returns>
    public bool TryNoteLost(long number)
    {
        lock (_lost)
            return _lost.Add(number);
    }

    /// <summary>The number of the next message.</summary>
    public long Next(int length)
    {
        if (length > LargeFrom)
        {
            lock (_large)
                _large.Add(_made);
        }
        Volatile.Write(ref _bytes, _bytes + length);
        Volatile.Write(ref _made, _made + 1);
        return _made - 1;
    }
}
