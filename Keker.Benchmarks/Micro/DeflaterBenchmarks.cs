using BenchmarkDotNet.Attributes;
using Keker.Protocol.Deflate;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Micro;

/// <summary>What the one deflated frame costs that all members share.</summary>
[MemoryDiagnoser]
public class DeflaterBenchmarks
{
    private byte[] _payload = [];

    [Params(1 << 10, 16 << 10)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Setup() => _payload = JsonText.Create(PayloadBytes);

    [Benchmark]
    public int Deflate() => Deflater.TryDeflateFrame(OpCode.Text, _payload)!.Length;
}
