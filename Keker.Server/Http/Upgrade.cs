using Keker.Server.Access;
using Keker.Server.Http.Endpoints;

namespace Keker.Server.Http;

/// <summary>What a request has made of its connection.</summary>
/// <param name="Kind">What the connection has become.</param>
/// <param name="WindowBits">Where permessage-deflate was negotiated, the window for which the server deflates, 8 to 15; else 0.</param>
/// <param name="Tagged">Whether the sub-protocol with ids was.</param>
/// <param name="EventStream">What was asked for, where it has become an event stream.</param>
/// <param name="OriginLines">What lets a page read the answer to that, also where it is refused after all.</param>
/// <param name="Visitor">Who has connected, where a backend wants to know.</param>
/// <param name="Head">The head of the answer to that: it goes out once the client is a subscriber.</param>
/// <param name="LongAnswer">What is answered, where it has an answer that is put together bit by bit.</param>
internal readonly record struct Upgrade(
    UpgradeKind Kind, int WindowBits = 0, bool Tagged = false, EventStreamRequest? EventStream = null, byte[]? Head = null, byte[]? OriginLines = null, Visitor? Visitor = null,
    LongAnswer? LongAnswer = null);
