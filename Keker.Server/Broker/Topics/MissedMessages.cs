namespace Keker.Server.Broker.Topics;

/// <summary>Messages that a member goes on behind without having been sent them, and has not confirmed to be behind.</summary>
/// <param name="From">Offset of the first.</param>
/// <param name="To">Where the member goes on.</param>
/// <param name="Earlier">What it missed before; null for nothing.</param>
internal sealed record MissedMessages(long From, long To, MissedMessages? Earlier);
