using Keker.Protocol.WebSocket;

namespace Keker.Server.Broker.Sessions;

/// <summary>The Close frame that a session is to end with (RFC 6455 5.5.1).</summary>
/// <param name="Code">Close code; 1005 sends an empty Close frame.</param>
/// <param name="Reason">UTF-8, at most 123 bytes.</param>
/// <param name="AfterLog">True: the session first gets everything up to the head (drain). False: the Close is the next frame.</param>
/// <param name="RequestedAt">Milliseconds of the monotonic clock: a peer that never makes room for it has a deadline.</param>
internal sealed record CloseRequest(ushort Code, ReadOnlyMemory<byte> Reason, bool AfterLog, long RequestedAt)
{
    /// <summary>The reason that goes with 1013.</summary>
    public static ReadOnlyMemory<byte> SlowConsumer { get; } = "slow consumer: too far behind"u8.ToArray();

    /// <summary>The reason that goes with 1011.</summary>
    public static ReadOnlyMemory<byte> InternalError { get; } = "internal error: reconnect"u8.ToArray();

    /// <summary>It ends because its peer does not read fast enough.</summary>
    public bool IsSlowConsumer => Code == CloseCode.TryAgainLater;
}
