namespace Keker.Server.Net;

/// <summary>
/// The one budget for what peers have begun and not finished: heads, bodies, messages, TLS handshakes, answers that nobody takes. It is asked
/// before memory is taken, so that strangers cannot fill more of it than this, however many they are.
/// </summary>
/// <param name="most">Bytes in all.</param>
/// <remarks>Thread-safe. Whoever takes bytes gives as many back.</remarks>
internal sealed class UnfinishedBudget(long most)
{
    private readonly Lock _lock = new();
    private long _bytes;
    private long _needed;
    private uint _beats;
    private TaskCompletionSource? _room;

    /// <summary>Bytes in all.</summary>
    public long Most { get; } = most;

    /// <summary>Bytes that are taken.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>More than half is taken: nobody takes more than needed from here on.</summary>
    public bool IsTight => Bytes > Most / 2;

    /// <summary>Called when somebody begins to wait for room, at most once at a time; must not wait. It ends who is slowest.</summary>
    public Action? Full { get; set; }

    /// <returns>False when so many are not left; then nothing is taken.</returns>
    public bool TryTake(long bytes)
    {
        // Not added before it is known to fit: a large claim that fails would make small ones of others fail.
        long before = Volatile.Read(ref _bytes);
        while (before + bytes <= Most)
        {
            long seen = Interlocked.CompareExchange(ref _bytes, before + bytes, before);
            if (seen == before)
                return true;
            before = seen;
        }
        return false;
    }

    /// <summary>Takes bytes that are in use already, or will be for a moment only.</summary>
    public void Take(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>Gives bytes back.</summary>
    public void Give(long bytes)
    {
        Interlocked.Add(ref _bytes, -bytes);
        if (Volatile.Read(ref _room) is not null && HasRoomFor(Volatile.Read(ref _needed)))
            Wake();
    }

    /// <summary>Waits until so much is free, or for the next heartbeat: then try again, and refuse after <see cref="HasWaited"/>.</summary>
    /// <param name="needed">Bytes.</param>
    public Task WaitForRoom(long needed)
    {
        Task room;
        bool isFirst;
        lock (_lock)
        {
            isFirst = _room is null;
            _needed = isFirst ? needed : Math.Min(_needed, needed);
            room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        // What was given back before anybody waited woke nobody.
        if (HasRoomFor(needed))
            Wake();
        else if (isFirst)
            Full?.Invoke();
        return room;
    }

    /// <summary>Heartbeats so far, modulo 2^32.</summary>
    public uint Beats => Volatile.Read(ref _beats);

    /// <summary>Whether who began to wait at a beat has waited for a second, and is to be refused.</summary>
    public bool HasWaited(uint since) => Beats - since >= 2;

    /// <summary>A second has passed: lets everybody who waits try again.</summary>
    public void Beat()
    {
        Interlocked.Increment(ref _beats);
        Wake();
    }

    private bool HasRoomFor(long bytes) => Bytes + bytes <= Most;

    private void Wake()
    {
        TaskCompletionSource? room;
        lock (_lock)
        {
            room = _room;
            _room = null;
        }
        room?.SetResult();
    }
}
