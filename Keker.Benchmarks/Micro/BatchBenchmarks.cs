using System.Buffers;
using BenchmarkDotNet.Attributes;
using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;

namespace Keker.Benchmarks.Micro;

/// <summary>
/// What the one encoding of a batch costs that all members of a variant share, with as many publications as fit. Each publication has been
/// deflated before: for what that costs see <see cref="DeflaterBenchmarks"/>.
/// </summary>
[MemoryDiagnoser]
public class BatchBenchmarks
{
    private readonly Batch _batch = new();
    private Publication _publication = null!;

    [Params(1, 8, 256)]
    public int Publications { get; set; }

    [Params(64, 1024)]
    public int PayloadBytes { get; set; }

    [GlobalSetup]
    public void Setup() => _publication = Publication.Create(new ReadOnlySequence<byte>(JsonText.Create(PayloadBytes)), binary: false);

    [Benchmark]
    public int Plain() => Encode(Variant.Plain);

    [Benchmark]
    public int Deflated() => Encode(Variant.Deflated);

    private int Encode(Variant variant)
    {
        _batch.Begin(0, variant);
        for (int i = 0; i < Publications; i++)
            _batch.TryAdd(_publication);
        _batch.Encode(mostBytesToDeflate: int.MaxValue);
        return _batch.Bytes.Length;
    }
}
