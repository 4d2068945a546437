using System.Buffers;
using BenchmarkDotNet.Attributes;
using Keker.Server.Broker;
using Keker.Server.Broker.Log;

namespace Keker.Benchmarks.Micro;

/// <summary>What it costs to append while as much is trimmed, for a log that stays as long as it is.</summary>
[MemoryDiagnoser]
public class PublicationRingBenchmarks
{
    private const int PayloadBytes = 64;

    private readonly PublicationRing _log = new();
    private readonly Publication _publication = Publication.Create(new ReadOnlySequence<byte>(new byte[PayloadBytes]), binary: false);

    /// <summary>Publications that stay in the log.</summary>
    [Params(0, 1000)]
    public int Held { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < Held; i++)
            _log.Append(_publication);
    }

    [Benchmark]
    public long AppendAndTrim()
    {
        long offset = _log.Append(_publication);
        return _log.TrimTo(offset + 1 - Held);
    }
}
