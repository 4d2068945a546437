using System.Buffers;

namespace Keker.Server.Presence;

/// <summary>An answer that is put together bit by bit, each only once the one before is sent: it may be long, or take long.</summary>
/// <remarks>For one thread at a time. Nothing is held of the broker before the first bit; disposing gives that back.</remarks>
internal interface ILongAnswer : IDisposable
{
    /// <summary>Adds the next bit: a few sessions, or nothing.</summary>
    /// <param name="output">Where it goes.</param>
    /// <returns>False when that was the last.</returns>
    bool TryWrite(IBufferWriter<byte> output);
}
