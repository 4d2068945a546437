using System.Buffers;
using BenchmarkDotNet.Attributes;
using Keker.Server.Broker;

namespace Keker.Benchmarks.Micro;

/// <summary>What the one encoding of a batch costs that all members share.</summary>
[MemoryDiagnoser]
public class BatchBenchmarks
{
    private const int PayloadBytes = 64;

    private readonly Batch _batch = new();
    private readonly Publication _publication = Publication.Create(new ReadOnlySequence<byte>(new byte[PayloadBytes]), binary: false);

    [Params(1, 8, 256)]
    public int Publications { get; set; }

    [Benchmark]
    public int Encode()
    {
        _batch.Begin(0);
        for (int i = 0; i < Publications; i++)
            _batch.TryAdd(_publication);
        _batch.Encode();
        return _batch.Bytes.Length;
    }
}
