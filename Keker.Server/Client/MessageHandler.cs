using Keker.Protocol.Commands;

namespace Keker.Server.Client;

/// <summary>Takes a message. What it has returned from is not asked for again.</summary>
/// <param name="message">The message; it refers to memory that is used again.</param>
/// <param name="isText">Whether the payload is UTF-8 text.</param>
internal delegate void MessageHandler(ServerLine message, bool isText);
