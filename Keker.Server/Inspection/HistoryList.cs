using System.Buffers;
using System.Text.Json;
using Keker.Server.Presence;

namespace Keker.Server.Inspection;

/// <summary>Writes <c>{"columns":[...],"samples":[[...],...]}</c>: the samples after a time.</summary>
/// <param name="samples">The samples.</param>
/// <param name="after">Seconds since 1970; 0 for all.</param>
internal sealed class HistoryList(SampleRing samples, long after) : ILongAnswer
{
    /// <summary>Samples that are written before others get their turn.</summary>
    private const int Step = 120;

    private readonly Utf8JsonWriter _json = new(Stream.Null, new JsonWriterOptions { SkipValidation = true });
    private readonly Sample[] _step = new Sample[Step];
    private long _after = after;
    private bool _hasBegun;
    private bool _isLater;

    public bool TryWrite(IBufferWriter<byte> output)
    {
        _json.Reset(output);
        if (!_hasBegun)
        {
            _hasBegun = true;
            _json.WriteStartObject();
            _json.WritePropertyName("columns"u8);
            SampleWriter.WriteColumns(_json);
            _json.WriteStartArray("samples"u8);
            _json.Flush();
            return true;
        }
        int read = samples.Read(_after, _step);
        for (int i = 0; i < read; i++)
        {
            // The writer begins anew with each bit, and knows of no row before.
            if (_isLater)
                output.Write(","u8);
            _isLater = true;
            _json.Reset(output);
            SampleWriter.Write(_json, _step[i]);
            _json.Flush();
            _after = _step[i].Time;
        }
        if (read == Step)
            return true;
        output.Write("]}"u8);
        return false;
    }

    public void Dispose() => _json.Dispose();
}
