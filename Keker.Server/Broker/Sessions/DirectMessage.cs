namespace Keker.Server.Broker.Sessions;

/// <summary>A message for one client alone, in no topic, on its way through the same gate as everything else.</summary>
/// <param name="Frame">The whole frame; not changed until it is done.</param>
/// <param name="Done">Completes when it is sent, or never will be.</param>
internal sealed record DirectMessage(ReadOnlyMemory<byte> Frame, TaskCompletionSource Done);
