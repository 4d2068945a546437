namespace Keker.Protocol.WebSocket;

/// <summary>What the next frame header may say, given the frames before it and the limits of the connection.</summary>
/// <param name="InMessage">A message has begun and not ended.</param>
/// <param name="FragmentsLeft">Continuation frames that the message may still have.</param>
/// <param name="BytesLeft">
/// Payload bytes that the message may still have; negative when the limit was lowered under what it has. 64 bits wide, and
/// compared with, never added to, what the wire says: a sum could overflow.
/// </param>
/// <param name="AllowCompressed">permessage-deflate was negotiated (RFC 7692).</param>
/// <param name="FromServer">A server sends the frame: it masks nothing, where a client masks everything (RFC 6455 5.1).</param>
internal readonly record struct FrameRules(bool InMessage, int FragmentsLeft, long BytesLeft, bool AllowCompressed, bool FromServer = false);
