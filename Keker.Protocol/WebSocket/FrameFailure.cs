namespace Keker.Protocol.WebSocket;

/// <summary>Every way in which a peer's frames can be wrong.</summary>
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
    Masked,
    ControlTooLong,
    LengthTopBit,
    LengthNotMinimal,
    MessageTooBig,
    TextNotUtf8,
    CloseTooShort,
    CloseCodeInvalid,
    CloseReasonNotUtf8,
}
