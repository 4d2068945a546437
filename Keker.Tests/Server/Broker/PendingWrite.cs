namespace Keker.Tests.Server.Broker;

/// <summary>A write that waits for room, and what its bytes were when it began: they must not change before it ends.</summary>
internal sealed class PendingWrite(ReadOnlyMemory<byte> bytes)
{
    // Continuations run in whoever completes the write, so that a test decides when and on which thread.
    private readonly TaskCompletionSource<bool> _done = new();

    public ReadOnlyMemory<byte> Bytes => bytes;

    public byte[] Copy { get; } = bytes.ToArray();

    public Task<bool> Task => _done.Task;

    public bool IsUnchanged => bytes.Span.SequenceEqual(Copy);

    public void Complete(bool sent)
    {
        // The runner's context would make the runtime hand the continuation to another thread.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        _done.SetResult(sent);
        SynchronizationContext.SetSynchronizationContext(context);
    }
}
