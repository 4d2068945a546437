namespace Keker.Server.Broker.FanOut;

/// <summary>The forms in which sessions get publications; each is encoded once a pass, for all members that want it.</summary>
internal enum Variant
{
    /// <summary>The payload in one frame.</summary>
    Plain,

    /// <summary>The same, deflated where that helps (RFC 7692).</summary>
    Deflated,

    /// <summary>Each payload after a line with its id and topic (sub-protocol <c>keker.v2</c>).</summary>
    Tagged,

    /// <summary>An event of an event stream (WHATWG HTML 9.2).</summary>
    EventStream,

    /// <summary>The same without its id: a stream of several subscriptions puts one of its own before it. See <see cref="ListedEvents"/>.</summary>
    EventWithoutId,

    /// <summary>
    /// As <see cref="Deflated"/>, for a client that keeps a window of 2^8 bytes only, and so on up to 2^14: the value is that exponent. What is larger
    /// goes plain.
    /// </summary>
    Deflated8 = 8,
    Deflated9,
    Deflated10,
    Deflated11,
    Deflated12,
    Deflated13,
    Deflated14,
}
