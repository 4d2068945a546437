using Keker.Protocol.Deflate;
using Keker.Server.Observability;

namespace Keker.Server.Broker.FanOut;

/// <summary>What holds for the deflated variants. Stateless, thread-safe.</summary>
internal static class Variants
{
    /// <summary>The variant for a client with a window of so many bits (RFC 7692 7.1.2.1), 8 to 15; plain for 0.</summary>
    public static Variant Deflated(int windowBits) => windowBits switch
    {
        0 => Variant.Plain,
        DeflateOffer.MaxWindowBits => Variant.Deflated,
        _ => (Variant)windowBits,
    };

    /// <summary>Whether permessage-deflate was negotiated.</summary>
    public static bool IsDeflated(this Variant variant) => variant is Variant.Deflated or (>= Variant.Deflated8 and <= Variant.Deflated14);

    /// <summary>What a session with it counts as.</summary>
    public static SessionMode Mode(this Variant variant) => variant switch
    {
        Variant.Tagged => SessionMode.Tagged,
        Variant.EventStream or Variant.EventWithoutId => SessionMode.EventStream,
        _ => SessionMode.Plain,
    };

    /// <summary>
    /// The largest payload in bytes that may be deflated: nothing is taken over from message to message, so no distance in one that is no larger than the
    /// client's window leads out of that window.
    /// </summary>
    public static int MostBytesDeflated(this Variant variant) => variant switch
    {
        Variant.Deflated => int.MaxValue,
        >= Variant.Deflated8 => 1 << (int)variant,
        _ => 0,
    };
}
