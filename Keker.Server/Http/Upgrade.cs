namespace Keker.Server.Http;

/// <summary>The outcome of an opening handshake.</summary>
/// <param name="Kind">What the connection has become.</param>
/// <param name="Deflates">Whether permessage-deflate was negotiated.</param>
/// <param name="Tagged">Whether the sub-protocol with ids was.</param>
internal readonly record struct Upgrade(UpgradeKind Kind, bool Deflates = false, bool Tagged = false);
