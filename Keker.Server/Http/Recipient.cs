using Keker.Protocol.Http;

namespace Keker.Server.Http;

/// <summary>One whom a message is for.</summary>
/// <param name="IsTopic">True for a topic that sessions subscribe to by name, false for a token.</param>
/// <param name="Name">Where its name is in the list's bytes.</param>
internal readonly record struct Recipient(bool IsTopic, Slice Name);
