using BenchmarkDotNet.Attributes;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Micro;

/// <summary>What the header of a message costs, for each of its three lengths.</summary>
[MemoryDiagnoser]
public class FrameWriterBenchmarks
{
    private readonly byte[] _destination = new byte[FrameWriter.MaxHeaderLength];

    [Params(64, 1024, 1 << 20)]
    public long PayloadBytes { get; set; }

    [Benchmark]
    public int WriteHeader() => FrameWriter.WriteHeader(_destination, OpCode.Text, PayloadBytes);
}
