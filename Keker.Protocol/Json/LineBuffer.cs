namespace Keker.Protocol.Json;

/// <summary>
/// Puts the lines of a stream together, <c>*( *OCTET LF ) [ 1*OCTET ]</c>. A line that arrives in one piece is not copied; of one that is too
/// long nothing is kept, however long it goes on. Not thread-safe.
/// </summary>
/// <param name="maxLength">Bytes of the longest line, its LF not counted; 1 or more.</param>
public sealed class LineBuffer(int maxLength)
{
    private const byte LineFeed = (byte)'\n';
    private const int InitialBytes = 1 << 10;
    private const int MostBytesKept = 64 << 10;

    private byte[] _bytes = [];
    private bool _isTooLong;

    /// <summary>Bytes that are held of the line under way.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes of memory that will be held once a piece is added.</summary>
    /// <param name="piece">What would be added next, or more than that.</param>
    public int CapacityWith(ReadOnlySpan<byte> piece)
    {
        bool isWhole = Length == 0 && !piece.IsEmpty && piece[^1] == LineFeed;
        return isWhole || _isTooLong || piece.Length > maxLength - Length ? _bytes.Length : CapacityFor(Length + piece.Length);
    }

    /// <summary>The longest beginning of the input that <see cref="Add"/> takes: up to and with its first LF.</summary>
    public static ReadOnlySpan<byte> FirstPiece(ReadOnlySpan<byte> input)
    {
        int end = input.IndexOf(LineFeed);
        return end < 0 ? input : input[..(end + 1)];
    }

    /// <summary>Adds what comes next.</summary>
    /// <param name="piece">Without an LF, or with one as its last byte.</param>
    /// <param name="line">On Complete the line without its LF, valid until the next call and as long as the piece; else empty.</param>
    public LineStatus Add(ReadOnlySpan<byte> piece, out ReadOnlySpan<byte> line)
    {
        if (piece.IsEmpty || piece[^1] != LineFeed)
        {
            Keep(piece);
            line = default;
            return LineStatus.NeedMore;
        }
        piece = piece[..^1];
        if (Length == 0 && !_isTooLong && piece.Length <= maxLength)
        {
            line = piece;
            return LineStatus.Complete;
        }
        Keep(piece);
        return Take(out line);
    }

    /// <summary>The stream is over: a last line needs no LF.</summary>
    /// <param name="line">On Complete the line, valid until the next call; else empty.</param>
    /// <returns>NeedMore when there is none.</returns>
    public LineStatus End(out ReadOnlySpan<byte> line)
    {
        line = default;
        return Length == 0 && !_isTooLong ? LineStatus.NeedMore : Take(out line);
    }

    private void Keep(ReadOnlySpan<byte> piece)
    {
        _isTooLong |= piece.Length > maxLength - Length;
        if (_isTooLong)
        {
            Length = 0;
            _bytes = [];
            return;
        }
        int needed = Length + piece.Length;
        if (needed > _bytes.Length)
            Array.Resize(ref _bytes, CapacityFor(needed));
        piece.CopyTo(_bytes.AsSpan(Length));
        Length = needed;
    }

    private int CapacityFor(int needed) =>
        needed <= _bytes.Length ? _bytes.Length : (int)Math.Min(maxLength, Math.Max(InitialBytes, Math.Max(needed, 2L * _bytes.Length)));

    private LineStatus Take(out ReadOnlySpan<byte> line)
    {
        line = _bytes.AsSpan(0, Length);
        LineStatus status = _isTooLong ? LineStatus.TooLong : LineStatus.Complete;
        Length = 0;
        _isTooLong = false;
        if (_bytes.Length > MostBytesKept)
            _bytes = [];
        return status;
    }
}
