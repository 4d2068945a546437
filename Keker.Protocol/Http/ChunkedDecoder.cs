namespace Keker.Protocol.Http;

/// <summary>
/// Takes the chunked framing off a request body (RFC 9112, section 7.1), incrementally and without keeping any input:
/// <code>
/// chunked-body = *( size [ extensions ] CRLF data CRLF ) 1*"0" [ extensions ] CRLF trailers CRLF
/// </code>
/// Extensions and trailers are checked, counted and thrown away. The same bytes give the same answer however they are split.
/// A mutable struct: keep it in a field or a local and never copy it. Not thread-safe.
/// </summary>
public struct ChunkedDecoder
{
    private readonly long _maxChunks;
    private long _bodyLeft;
    private long _chunks;
    private uint _size;
    private byte _digits;
    private State _state;
    private ChunkExtensions _extensions;
    private TrailerFields _trailers;

    /// <summary>Starts before the first size line.</summary>
    /// <param name="bodyLimit">The largest body accepted, in bytes without framing; over it the decoder fails before the data comes.</param>
    public ChunkedDecoder(long bodyLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bodyLimit);
        _bodyLeft = bodyLimit;
        _maxChunks = HttpLimits.MaxChunks(bodyLimit);
    }

    /// <summary>Starts before the first size line, with what <paramref name="head"/> has left of the header budget for the trailers.</summary>
    /// <param name="bodyLimit">The largest body accepted, in bytes without framing; over it the decoder fails before the data comes.</param>
    /// <param name="head">The complete head of the request.</param>
    public ChunkedDecoder(long bodyLimit, RequestHead head)
        : this(bodyLimit)
    {
        _trailers = new TrailerFields(head.FieldCount, head.FieldBytes);
    }

    private enum State : byte
    {
        FirstDigit,
        Size,
        Extension,
        SizeLineFeed,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        Trailers,
        Complete,
        Failed,
    }

    /// <summary>Why the decoder answered Failed; else None.</summary>
    public HttpFailure Failure { get; private set; }

    /// <summary>
    /// Reads up to and including the next piece of body data. Call it until it answers something other than Data, then with what arrives next.
    /// After Complete or Failed it gives that answer again and consumes nothing.
    /// </summary>
    /// <param name="input">The bytes that follow those consumed so far.</param>
    /// <param name="consumed">How many bytes of the input are done with: all of it on NeedMore.</param>
    /// <param name="data">On Data a piece of the input, at least one byte; else empty.</param>
    public ChunkStatus Read(ReadOnlySpan<byte> input, out int consumed, out ReadOnlySpan<byte> data)
    {
        data = default;
        consumed = 0;
        while (_state < State.Complete)
        {
            if (consumed == input.Length)
                return ChunkStatus.NeedMore;
            if (_state == State.Data)
            {
                data = TakeData(input[consumed..]);
                consumed += data.Length;
                return ChunkStatus.Data;
            }
            HttpFailure failure = Step(input[consumed++]);
            if (failure != HttpFailure.None)
            {
                Failure = failure;
                _state = State.Failed;
            }
        }
        return _state == State.Complete ? ChunkStatus.Complete : ChunkStatus.Failed;
    }

    private ReadOnlySpan<byte> TakeData(ReadOnlySpan<byte> input)
    {
        int length = (int)Math.Min(_size, (uint)input.Length);
        _size -= (uint)length;
        if (_size == 0)
            _state = State.DataCarriageReturn;
        return input[..length];
    }

    private HttpFailure Step(byte next)
    {
        switch (_state)
        {
            case State.FirstDigit:
                return AddDigit(next) ? HttpFailure.None : Unexpected(next, HttpFailure.BadChunkSize);
            case State.Size:
                return StepSize(next);
            case State.Extension:
                return StepExtension(next);
            case State.SizeLineFeed:
                return next == HttpGrammar.LineFeed ? EndSizeLine() : HttpFailure.BareCarriageReturn;
            case State.DataCarriageReturn:
                _state = State.DataLineFeed;
                return next == HttpGrammar.CarriageReturn ? HttpFailure.None : HttpFailure.BadChunkEnd;
            case State.DataLineFeed:
                _state = State.FirstDigit;
                return next == HttpGrammar.LineFeed ? HttpFailure.None : HttpFailure.BadChunkEnd;
            default:
                HttpFailure failure = _trailers.Step(next, out bool complete);
                if (complete)
                    _state = State.Complete;
                return failure;
        }
    }

    private HttpFailure StepSize(byte next)
    {
        if (next == HttpGrammar.CarriageReturn)
        {
            _state = State.SizeLineFeed;
            return HttpFailure.None;
        }
        if (next == (byte)';' || HttpGrammar.IsOws(next))
        {
            _state = State.Extension;
            return StepExtension(next);
        }
        return AddDigit(next) ? HttpFailure.None : Unexpected(next, HttpFailure.BadChunkSize);
    }

    private HttpFailure StepExtension(byte next)
    {
        HttpFailure failure = _extensions.Step(next, out bool complete);
        if (complete)
            _state = State.SizeLineFeed;
        return failure;
    }

    /// <summary>By hand: the number parsers of .NET skip white space and take signs.</summary>
    private bool AddDigit(byte next)
    {
        if (!char.IsAsciiHexDigit((char)next) || _digits == HttpLimits.MaxChunkSizeDigits)
            return false;
        _state = State.Size;
        _digits++;
        uint value = HttpGrammar.IsDigit(next) ? next - (uint)'0' : (next | 0x20u) - 'a' + 10;
        _size = (_size << 4) | value;
        return true;
    }

    private HttpFailure EndSizeLine()
    {
        _digits = 0;
        if (_size == 0)
        {
            _state = State.Trailers;
            return HttpFailure.None;
        }
        if (_size > _bodyLeft)
            return HttpFailure.BodyTooLarge;
        if (++_chunks > _maxChunks)
            return HttpFailure.TooManyChunks;
        _bodyLeft -= _size;
        _state = State.Data;
        return HttpFailure.None;
    }

    private static HttpFailure Unexpected(byte found, HttpFailure otherwise) =>
        found == HttpGrammar.LineFeed ? HttpFailure.BareLineFeed : otherwise;
}
