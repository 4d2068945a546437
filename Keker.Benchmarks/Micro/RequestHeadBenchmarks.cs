using BenchmarkDotNet.Attributes;
using Keker.Protocol.Http;

namespace Keker.Benchmarks.Micro;

/// <summary>What it costs to read the head of a publish request and find its recipient.</summary>
[MemoryDiagnoser]
public class RequestHeadBenchmarks
{
    private readonly RequestHead _head = new();

    private readonly byte[] _bytes =
    [
        .. "PUT /v1/publish HTTP/1.1\r\nHost: 127.0.0.1:3498\r\nUser-Agent: backend/1.0\r\nAccept: */*\r\n"u8,
        .. "Token: 6f1ed002ab5595859014ebf0951522d9\r\nContent-Length: 64\r\n\r\n"u8,
    ];

    [Benchmark]
    public int ParseAndFindToken()
    {
        _head.Reset();
        _head.Parse(_bytes);
        _head.TryGet(_bytes, "token"u8, out Slice token);
        return token.Length;
    }
}
