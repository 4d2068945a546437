using System.Buffers;
using System.Runtime.CompilerServices;

namespace Keker.Protocol.Deflate;

/// <summary>
/// What a message inflated to so far: the last 32 KiB stay for references into the past (RFC 1951, section 2), everything goes to the
/// output, and nothing above the limit is ever made. 64 KiB; not thread-safe, for one message at a time.
/// </summary>
internal sealed class InflateWindow
{
    /// <summary>Longest copy in bytes (RFC 1951, section 3.2.5).</summary>
    public const int MaxCopy = 258;

    private const int History = 32 * 1024;
    private const int Capacity = 2 * History;

    private readonly byte[] _bytes = new byte[Capacity];
    private IBufferWriter<byte>? _output;
    private int _maxBytes;

    // Offset in the message of the first byte of the buffer; then, in the buffer: where the current deflate stream began, what the output
    // has, the end, and where the end cannot go beyond without a look at buffer and limit.
    private int _offset;
    private int _streamStart;
    private int _written;
    private int _end;
    private int _stop;

    /// <summary>How far back a copy may reach.</summary>
    public int Reach => _end - _streamStart;

    /// <summary>Begins a message.</summary>
    /// <param name="output">Gets what the message inflates to.</param>
    /// <param name="maxBytes">Most bytes it may inflate to.</param>
    public void Begin(IBufferWriter<byte> output, int maxBytes)
    {
        _output = output;
        _maxBytes = maxBytes;
        _offset = _streamStart = _written = _end = 0;
        _stop = Math.Min(Capacity, maxBytes);
    }

    /// <summary>Begins another deflate stream in the same message: no copy reaches behind this point.</summary>
    public void BeginStream() => _streamStart = _end;

    /// <summary>Adds a byte; false if it would be above the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(byte value)
    {
        if (_end == _stop && !TryMakeRoom(1))
            return false;
        _bytes[_end++] = value;
        return true;
    }

    /// <summary>Adds what stood <paramref name="distance"/> bytes back; false if it would be above the limit.</summary>
    /// <param name="distance">1 to <see cref="Reach"/> bytes.</param>
    /// <param name="length">1 to <see cref="MaxCopy"/> bytes; when that is more than the distance, what was just copied is copied again.</param>
    public bool TryCopy(int distance, int length)
    {
        if (length > _stop - _end && !TryMakeRoom(length))
            return false;

        Span<byte> from = _bytes.AsSpan(_end - distance, distance);
        Span<byte> to = _bytes.AsSpan(_end, length);
        _end += length;
        // Each round doubles what can be copied in one go.
        while (to.Length > from.Length)
        {
            from.CopyTo(to);
            to = to[from.Length..];
            from = _bytes.AsSpan(_end - length - distance, 2 * from.Length);
        }
        from[..to.Length].CopyTo(to);
        return true;
    }

    /// <summary>Adds room for the next bytes, at least one, and gives it out to be filled; empty if one more would be above the limit.</summary>
    /// <param name="most">Most bytes wanted.</param>
    public Span<byte> Extend(int most)
    {
        if (_end == _stop && !TryMakeRoom(1))
            return default;
        int length = Math.Min(most, _stop - _end);
        _end += length;
        return _bytes.AsSpan(_end - length, length);
    }

    /// <summary>Ends the message: gives the output the rest and forgets it.</summary>
    public void Finish()
    {
        Write();
        _output = null;
    }

    private bool TryMakeRoom(int count)
    {
        if (count > _maxBytes - _offset - _end)
            return false;
        Write();
        int dropped = _end - History;
        _bytes.AsSpan(dropped, History).CopyTo(_bytes);
        _offset += dropped;
        _streamStart = Math.Max(0, _streamStart - dropped);
        _written = _end = History;
        _stop = Math.Min(Capacity, _maxBytes - _offset);
        return true;
    }

    private void Write()
    {
        _output!.Write(_bytes.AsSpan(_written, _end - _written));
        _written = _end;
    }
}
