using BenchmarkDotNet.Attributes;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Micro;

/// <summary>What it costs to unmask what a client sent.</summary>
[MemoryDiagnoser]
public class MaskingBenchmarks
{
    private byte[] _bytes = [];

    [Params(16, 125, 4096, 65536)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup() => _bytes = new byte[Bytes];

    [Benchmark]
    public void Apply() => Masking.Apply(_bytes, _bytes, 0x12345678, phase: 0);
}
