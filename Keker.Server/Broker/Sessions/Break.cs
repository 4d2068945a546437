namespace Keker.Server.Broker.Sessions;

/// <summary>How a session ended that what it has not confirmed is kept for.</summary>
/// <param name="ClientCode">The code of the Close that the client sent first (RFC 6455 7.4); 0 when it sent none.</param>
/// <param name="IsByClient">The client ended the connection by FIN or RST without a Close; not silence, and not the server's own doing.</param>
internal readonly record struct Break(ushort ClientCode, bool IsByClient);
