namespace Keker.Protocol.WebSocket;

/// <summary>What a Close frame says about each <see cref="FrameFailure"/>. Stateless, thread-safe.</summary>
internal static class FrameFailures
{
    /// <summary>The close code, or 0 for <see cref="FrameFailure.None"/>.</summary>
    public static ushort Code(FrameFailure failure) => failure switch
    {
        FrameFailure.None => 0,
        FrameFailure.TooManyFragments => CloseCode.PolicyViolation,
        FrameFailure.MessageTooBig => CloseCode.MessageTooBig,
        FrameFailure.TextNotUtf8 or FrameFailure.CloseReasonNotUtf8 => CloseCode.InvalidPayload,
        _ => CloseCode.ProtocolError,
    };

    /// <summary>A short ASCII text for the developer of the peer.</summary>
    public static ReadOnlySpan<byte> Reason(FrameFailure failure) => failure switch
    {
        FrameFailure.ReservedBits => "reserved bit set"u8,
        FrameFailure.ReservedOpCode => "reserved opcode"u8,
        FrameFailure.FragmentedControl => "fragmented control frame"u8,
        FrameFailure.ContinuationWithoutMessage => "continuation without a message"u8,
        FrameFailure.MessageInsideMessage => "new message before the end of the last"u8,
        FrameFailure.TooManyFragments => "too many fragments"u8,
        FrameFailure.NotMasked => "frame not masked"u8,
        FrameFailure.Masked => "frame masked by a server"u8,
        FrameFailure.ControlTooLong => "control frame over 125 bytes"u8,
        FrameFailure.LengthTopBit => "frame length over 63 bits"u8,
        FrameFailure.LengthNotMinimal => "frame length not minimal"u8,
        FrameFailure.MessageTooBig => "message too big"u8,
        FrameFailure.TextNotUtf8 => "text is not UTF-8"u8,
        FrameFailure.CloseTooShort => "close payload of one byte"u8,
        FrameFailure.CloseCodeInvalid => "invalid close code"u8,
        FrameFailure.CloseReasonNotUtf8 => "close reason is not UTF-8"u8,
        _ => default,
    };
}
