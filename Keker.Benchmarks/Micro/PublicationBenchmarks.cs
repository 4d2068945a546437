using System.Buffers;
using BenchmarkDotNet.Attributes;
using Keker.Server.Broker;

namespace Keker.Benchmarks.Micro;

/// <summary>What it costs to take a body in: one buffer, one copy, one check for UTF-8.</summary>
[MemoryDiagnoser]
public class PublicationBenchmarks
{
    private ReadOnlySequence<byte> _body;

    [Params(64, 1024, 16384)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Setup() => _body = new ReadOnlySequence<byte>(new byte[PayloadBytes]);

    [Benchmark]
    public int Create() => Publication.Create(_body, binary: false).Frame.Length;
}
