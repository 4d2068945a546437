using System.Buffers;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>Drives a reader as a connection does: pieces arrive, what was not consumed is offered again.</summary>
internal sealed class FrameReading
{
    /// <summary>A control frame that lacks one byte: header of 6, payload of 125. No more may be left unconsumed.</summary>
    private const int MostLeft = 130;

    private readonly FrameReader _reader;
    private readonly ArrivedBytes? _sink;
    private readonly byte[] _control = new byte[FrameWriter.MaxControlPayload];
    private readonly List<FrameRecord> _records = [];

    private FrameReading(FrameLimits limits, bool drop)
    {
        _reader = limits.NewReader();
        _sink = drop ? null : new ArrivedBytes();
    }

    /// <param name="all">The whole conversation.</param>
    /// <param name="limits">How to set the reader up.</param>
    /// <param name="cuts">How much arrives at once; null: everything.</param>
    /// <param name="largest">Most bytes that arrive at once.</param>
    /// <param name="drop">Without a sink: payload is checked and not kept.</param>
    public static List<FrameRecord> Of(in ReadOnlySequence<byte> all, FrameLimits limits, Cuts? cuts = null, int largest = 1, bool drop = false)
    {
        FrameReading reading = new(limits, drop);
        long consumed = 0;
        bool goesOn = true;
        for (long arrived = 0; goesOn && arrived < all.Length;)
        {
            arrived = cuts is null ? all.Length : Math.Min(all.Length, arrived + cuts.Next(largest));
            ReadOnlySequence<byte> input = all.Slice(consumed, arrived - consumed);
            goesOn = reading.ReadAll(ref input);
            consumed = arrived - input.Length;
        }

        if (!goesOn) reading.CheckEnd(all.Slice(consumed));
        return reading._records;
    }

    private bool ReadAll(ref ReadOnlySequence<byte> input)
    {
        while (true)
        {
            if (_sink is not null) _sink.Arrived = input.Length;
            FrameEvent what = _reader.Read(ref input, _sink, _control, out int length);
            if (what == FrameEvent.NeedMore)
            {
                Property.Holds(input.Length <= MostLeft, "little is left unconsumed");
                return true;
            }

            _records.Add(Record(what, _control.AsSpan(0, length)));
            if (what is FrameEvent.Close or FrameEvent.Failed) return false;
        }
    }

    private FrameRecord Record(FrameEvent what, Span<byte> control)
    {
        switch (what)
        {
            case FrameEvent.Text or FrameEvent.Binary:
                byte[] payload = _sink?.TakeAll() ?? [];
                if (_sink is not null) Property.Same(payload.Length, _reader.MessageLength, "length of the message");
                Property.Holds(_reader.MessageLength <= _reader.MaxMessageBytes, "no message over the limit");
                return new FrameRecord(what, 0, _reader.MessageCompressed, payload);
            case FrameEvent.Close:
                return new FrameRecord(what, _reader.CloseCode, false, control.ToArray());
            case FrameEvent.Failed:
                return new FrameRecord(what, _reader.FailureCode, false, []);
            default:
                return new FrameRecord(what, 0, false, control.ToArray());
        }
    }

    /// <summary>RFC 6455, section 7.1.7: after a failure, and after a Close, nothing is processed.</summary>
    private void CheckEnd(ReadOnlySequence<byte> input)
    {
        long before = input.Length;
        FrameEvent expected = _records[^1].Event == FrameEvent.Failed ? FrameEvent.Failed : FrameEvent.NeedMore;
        Property.Same(expected, _reader.Read(ref input, _sink, _control, out int length), "asked after the end");
        Property.Same((before, 0), (input.Length, length), "asked after the end: consumed");
    }
}
