namespace Keker.Server.Broker.Sessions;

/// <summary>A message for one client alone, in no topic, on its way through the same gate as everything else.</summary>
/// <param name="frame">The whole frame; not changed until it is done.</param>
internal sealed class DirectMessage(ReadOnlyMemory<byte> frame)
{
    /// <summary>The whole frame.</summary>
    public ReadOnlyMemory<byte> Frame => frame;

    /// <summary>Completes when it is sent, or never will be.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One that waits as well, from somebody else: it goes out after this.</summary>
    public DirectMessage? Next { get; set; }
}
