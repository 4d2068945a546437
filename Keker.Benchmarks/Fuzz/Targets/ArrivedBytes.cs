using System.Buffers;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>A sink that refuses to be asked for more room than the bytes that have arrived: a header alone must not reserve memory.</summary>
internal sealed class ArrivedBytes : IBufferWriter<byte>
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>How many bytes the reader was offered.</summary>
    public long Arrived { get; set; }

    public void Advance(int count) => _bytes.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Property.Holds(sizeHint <= Arrived, "no more room is asked for than bytes have arrived");
        return _bytes.GetMemory(sizeHint);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>What was written since the last call.</summary>
    public byte[] TakeAll()
    {
        byte[] all = _bytes.WrittenSpan.ToArray();
        _bytes.ResetWrittenCount();
        return all;
    }
}
