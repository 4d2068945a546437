using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>How a body comes on: who has sent enough within the grace has the grace again. What came before that is no credit.</summary>
/// <remarks>Not thread-safe. A mutable struct: keep it in a field.</remarks>
internal struct BodyPace
{
    /// <summary>What has to arrive within the grace at the slowest rate, and so starts the time anew.</summary>
    private static readonly uint EnoughBytes = (uint)(Limits.BodyRateGrace.TotalSeconds * Limits.BodyMinimumBytesPerSecond);

    private uint _receivedBefore;

    /// <summary>Whether the time starts anew.</summary>
    /// <param name="received">Bytes received on the connection so far, modulo 2^32.</param>
    /// <param name="isStep">True where it does however little has arrived: the body begins, or a line of a batch is complete.</param>
    public bool HasComeOn(uint received, bool isStep)
    {
        if (!isStep && received - _receivedBefore < EnoughBytes)
            return false;
        _receivedBefore = received;
        return true;
    }
}
