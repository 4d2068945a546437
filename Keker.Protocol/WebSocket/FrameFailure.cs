namespace Keker.Protocol.WebSocket;

/// <summary>Every way in which a client's frames can be wrong.</summary>
internal enum FrameFailure : byte
{
    None,
    ReservedBits,
    ReservedOpCode,
    FragmentedControl,
    ContinuationWithoutMessage,
    MessageInsideMessage,
    TooManyFragments,
    NotMasked,
    ControlTooLong,
    LengthTopBit,
    LengthNotMinimal,
    MessageTooBig,
    TextNotUtf8,
    CloseTooShort,
    CloseCodeInvalid,
    CloseReasonNotUtf8,
}
