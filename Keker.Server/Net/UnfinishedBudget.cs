namespace Keker.Server.Net;

/// <summary>
/// The one budget for what peers have begun and not finished: heads, bodies, messages, TLS handshakes, answers that nobody takes. It is asked
/// before memory is taken, so that strangers cannot fill more of it than this, however many they are.
/// </summary>
/// <param name="most">Bytes in all.</param>
/// <remarks>Thread-safe. Whoever takes bytes gives as many back.</remarks>
internal sealed class UnfinishedBudget(long most)
{
    private long _bytes;
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
        if (Interlocked.Add(ref _bytes, bytes) <= Most)
            return true;
        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    /// <summary>Takes bytes that are in use already, or will be for a moment only.</summary>
    public void Take(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>Gives bytes back.</summary>
    public void Give(long bytes)
    {
        Interlocked.Add(ref _bytes, -bytes);
        if (Volatile.Read(ref _room) is not null && HasRoom)
            Wake();
    }

    /// <summary>Waits until somebody has given back, or the time is up: try once more then, and refuse if there is still no room.</summary>
    public Task WaitForRoom()
    {
        var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _room, room, null) is { } earlier)
            return earlier.Task;

        // What was given back before anybody waited woke nobody.
        if (HasRoom)
            Wake();
        else
            Full?.Invoke();
        return room.Task;
    }

    /// <summary>Lets everybody who waits try again. The heartbeat calls it: nobody waits for longer than a second.</summary>
    public void Wake() => Interlocked.Exchange(ref _room, null)?.SetResult();

    private bool HasRoom => Bytes <= Most - Most / 8;
}
