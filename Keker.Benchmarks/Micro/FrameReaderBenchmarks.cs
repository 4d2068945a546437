using System.Buffers;
using BenchmarkDotNet.Attributes;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Micro;

/// <summary>What a subscriber's pong, and a text message that is checked and dropped, cost to read.</summary>
[MemoryDiagnoser]
public class FrameReaderBenchmarks
{
    private readonly FrameReader _reader = new(maxMessageBytes: 1 << 20, maxFragments: 16);
    private readonly ReadOnlySequence<byte> _pong = new(ClientFrame(OpCode.Pong, 4));
    private ReadOnlySequence<byte> _text;

    [Params(16, 1024, 65536)]
    public int TextBytes { get; set; }

    [GlobalSetup]
    public void Setup() => _text = new ReadOnlySequence<byte>(ClientFrame(OpCode.Text, TextBytes));

    [Benchmark]
    public FrameEvent Pong() => Read(_pong);

    [Benchmark]
    public FrameEvent Text() => Read(_text);

    private FrameEvent Read(ReadOnlySequence<byte> input)
    {
        Span<byte> control = stackalloc byte[FrameWriter.MaxControlPayload];
        return _reader.Read(ref input, sink: null, control, out _);
    }

    /// <summary>A masked frame, as clients send them (RFC 6455 5.1).</summary>
    private static byte[] ClientFrame(OpCode opCode, int payloadLength)
    {
        const byte MaskBit = 0x80;
        byte[] key = [1, 2, 3, 4];
        byte[] header = new byte[FrameWriter.HeaderLength(payloadLength)];
        FrameWriter.WriteHeader(header, opCode, payloadLength);
        header[1] |= MaskBit;
        byte[] payload = [.. Enumerable.Repeat((byte)'a', payloadLength)];
        Masking.Apply(payload, payload, BitConverter.ToUInt32(key), phase: 0);
        return [.. header, .. key, .. payload];
    }
}
