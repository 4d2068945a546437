using System.Buffers;
using BenchmarkDotNet.Attributes;
using Keker.Protocol.Deflate;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Micro;

/// <summary>What it costs to inflate what a client sent.</summary>
[MemoryDiagnoser]
public class InflaterBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private ReadOnlySequence<byte> _message;

    [Params(1 << 10, 16 << 10)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        byte[] frame = Deflater.TryDeflateFrame(OpCode.Text, JsonText.Create(PayloadBytes))!;

        // Small enough for the 16-bit length of RFC 6455 5.2: the header has 4 bytes.
        _message = new ReadOnlySequence<byte>(frame.AsMemory(4));
        if (Inflate() != InflateStatus.Complete || _output.WrittenCount != PayloadBytes)
            throw new InvalidOperationException("the message does not inflate to what was deflated");
    }

    [Benchmark]
    public InflateStatus Inflate()
    {
        _output.ResetWrittenCount();
        return Inflater.Inflate(_message, PayloadBytes, _output);
    }
}
