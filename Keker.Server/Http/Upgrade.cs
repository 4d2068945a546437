namespace Keker.Server.Http;

/// <summary>What a request has made of its connection.</summary>
/// <param name="Kind">What the connection has become.</param>
/// <param name="Deflates">Whether permessage-deflate was negotiated.</param>
/// <param name="Tagged">Whether the sub-protocol with ids was.</param>
/// <param name="EventStream">What was asked for, where it has become an event stream.</param>
internal readonly record struct Upgrade(UpgradeKind Kind, bool Deflates = false, bool Tagged = false, EventStreamRequest? EventStream = null);
