using System.Buffers;

namespace Keker.Benchmarks.Load.Framing;

/// <summary>
/// Cuts what a server sends into whole messages, at any split of the input. A message that lies in the input as a whole is not copied.
/// For one connection; a mutable struct, not to be copied.
/// </summary>
/// <param name="endsWith">The byte that ends a message where frames do not (SignalR), or -1.</param>
internal struct MessageCutter(int endsWith)
{
    private const int MaxMessage = 16 << 20;

    private FrameScanner _frames;
    private byte[]? _kept;
    private int _keptLength;
    private bool _isGiven;

    /// <summary>Goes on to the next message or control frame.</summary>
    /// <param name="input">What was received; shortened by what was used.</param>
    /// <param name="message">With <see cref="ScanResult.Data"/> a whole message, else the payload of a control frame. Good until the next call.</param>
    public ScanResult Next(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> message)
    {
        if (_isGiven)
            Forget();
        while (true)
        {
            ReadOnlySpan<byte> before = input;
            ScanResult result = _frames.Next(ref input, out message);
            if (result != ScanResult.Data)
                return result;

            bool isWhole = _frames.IsEndOfMessage;
            if (endsWith >= 0)
            {
                int end = message.IndexOf((byte)endsWith);
                isWhole = end >= 0;
                if (isWhole)
                {
                    int rest = message.Length - end - 1;
                    input = before[(before.Length - input.Length - rest)..];
                    _frames.PutBack(rest);
                    message = message[..end];
                }
            }
            if (isWhole && _keptLength == 0)
                return ScanResult.Data;
            if (!TryKeep(message))
                return ScanResult.Malformed;
            if (!isWhole)
                continue;
            message = _kept.AsSpan(0, _keptLength);
            _isGiven = true;
            return ScanResult.Data;
        }
    }

    /// <summary>Gives up what was kept of a message that will not be completed.</summary>
    public void Forget()
    {
        if (_kept is not null)
            ArrayPool<byte>.Shared.Return(_kept);
        _kept = null;
        _keptLength = 0;
        _isGiven = false;
    }

    private bool TryKeep(ReadOnlySpan<byte> part)
    {
        int length = _keptLength + part.Length;
        if (length > MaxMessage)
            return false;
        if (_kept is null || _kept.Length < length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, 2 * _keptLength));
            _kept.AsSpan(0, _keptLength).CopyTo(larger);
            if (_kept is not null)
                ArrayPool<byte>.Shared.Return(_kept);
            _kept = larger;
        }
        part.CopyTo(_kept.AsSpan(_keptLength));
        _keptLength = length;
        return true;
    }
}
