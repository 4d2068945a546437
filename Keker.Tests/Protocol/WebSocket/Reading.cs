using System.Buffers;
using System.Text;
using Keker.Protocol.WebSocket;

namespace Keker.Tests.Protocol.WebSocket;

/// <summary>
/// Feeds a reader piece by piece, as a connection would, and writes down what it reports: one line an event.
/// </summary>
internal sealed class Reading
{
    private readonly List<string> _lines = [];
    private readonly byte[] _control = new byte[FrameWriter.MaxControlPayload];
    private readonly ArrayBufferWriter<byte>? _sink;
    private byte[] _pending = [];

    public Reading(FrameReader reader, bool drop = false)
    {
        Reader = reader;
        _sink = drop ? null : new ArrayBufferWriter<byte>();
    }

    public FrameReader Reader { get; }

    public IReadOnlyList<string> Lines => _lines;

    public bool Ended { get; private set; }

    /// <summary>Bytes that were offered and not consumed.</summary>
    public int Pending => _pending.Length;

    /// <summary>Offers what was left and one more piece, in segments of this size; 0 for a single segment.</summary>
    public void Feed(ReadOnlySpan<byte> piece, int segmentSize = 0)
    {
        _pending = [.. _pending, .. piece];
        ReadOnlySequence<byte> input = segmentSize == 0 ? new(_pending) : Segments.Of(_pending, segmentSize);
        while (!Ended)
        {
            FrameEvent happened = Reader.Read(ref input, _sink, _control, out int length);
            if (happened == FrameEvent.NeedMore) break;
            _lines.Add(Describe(happened, _control.AsSpan(0, length)));
            Ended = happened is FrameEvent.Close or FrameEvent.Failed;
        }

        _pending = input.ToArray();
    }

    private string Describe(FrameEvent happened, ReadOnlySpan<byte> control)
    {
        switch (happened)
        {
            case FrameEvent.Text or FrameEvent.Binary:
                string payload = _sink is null ? "" : " " + Show(_sink.WrittenSpan);
                _sink?.ResetWrittenCount();
                return $"{happened} {Reader.MessageLength}{(Reader.MessageCompressed ? " compressed" : "")}{payload}";
            case FrameEvent.Failed:
                return $"Failed {Reader.FailureCode} {Encoding.ASCII.GetString(Reader.FailureReason)}";
            case FrameEvent.Close:
                return $"Close {Reader.CloseCode} {Convert.ToHexString(control)}";
            default:
                return $"{happened} {Convert.ToHexString(control)}";
        }
    }

    /// <summary>A payload as it stands in a line: in hex, or its hash when that would be long.</summary>
    public static string Show(ReadOnlySpan<byte> payload) =>
        payload.Length <= 200 ? Convert.ToHexString(payload) : Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(payload));

    public static string[] Whole(byte[] bytes, Func<FrameReader> create, bool drop = false)
    {
        var reading = new Reading(create(), drop);
        reading.Feed(bytes);
        return [.. reading.Lines];
    }

    /// <summary>Asserts that these bytes give these lines: whole, byte by byte, in two pieces at every place, in segments.</summary>
    public static void Expect(byte[] bytes, Func<FrameReader> create, params string[] lines)
    {
        Assert.That(Whole(bytes, create), Is.EqualTo(lines), "whole");
        ExpectAtEverySplit(bytes, create, [.. Enumerable.Range(0, bytes.Length + 1)], lines);

        var single = new Reading(create());
        foreach (byte value in bytes) single.Feed([value]);
        Assert.That(single.Lines, Is.EqualTo(lines), "byte by byte");
    }

    /// <summary>The same for input that is too long to be cut everywhere.</summary>
    public static void ExpectAtEverySplit(byte[] bytes, Func<FrameReader> create, int[] splits, string[] lines)
    {
        foreach (int split in splits)
        {
            var reading = new Reading(create());
            reading.Feed(bytes.AsSpan(0, split));
            reading.Feed(bytes.AsSpan(split));
            Assert.That(reading.Lines, Is.EqualTo(lines), $"cut at {split}");
        }

        foreach (int size in (int[])[1, 2, 3, 5, 7, 13, 14, 64])
        {
            if (bytes.Length / size > 10_000) continue;
            var reading = new Reading(create());
            reading.Feed(bytes, size);
            Assert.That(reading.Lines, Is.EqualTo(lines), $"segments of {size}");
        }
    }

    /// <summary>Feeds byte by byte and answers how many bytes the reader had when it ended; -1 if it did not.</summary>
    public static int EndsAfter(byte[] bytes, Func<FrameReader> create, bool drop = false)
    {
        var reading = new Reading(create(), drop);
        for (int i = 0; i < bytes.Length; i++)
        {
            reading.Feed([bytes[i]]);
            if (reading.Ended) return i + 1;
        }

        return -1;
    }
}
