using System.Text;
using BenchmarkDotNet.Attributes;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Micro;

/// <summary>What it costs to check text while it arrives.</summary>
[MemoryDiagnoser]
public class Utf8ValidatorBenchmarks
{
    private byte[] _text = [];

    [Params("a", "ж", "😀")]
    public string Character { get; set; } = "a";

    [GlobalSetup]
    public void Setup() => _text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Character, 16 << 10)));

    [Benchmark]
    public bool Validate()
    {
        var validator = new Utf8Validator();
        return validator.Append(_text) && validator.IsComplete;
    }
}
