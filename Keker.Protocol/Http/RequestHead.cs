namespace Keker.Protocol.Http;

/// <summary>
/// The head of one HTTP/1.x request (RFC 9112): request line and fields, as a table of offsets into the caller's bytes. Holds no bytes and
/// no strings, is made once and used again (<see cref="Reset"/>), and allocates nothing after construction. About 700 bytes.
/// Not thread-safe: one connection uses it at a time.
/// </summary>
/// <remarks>
/// Strict: one byte stream has one reading, and what breaks the grammar fails at the first byte that does, at every split of the input
/// alike. A failure is terminal for the connection. At most one empty line before the request line is skipped (RFC 9112, section 2.2).
/// </remarks>
public sealed class RequestHead
{
    private readonly Field[] _fields = new Field[HttpLimits.MaxHeaders];
    private KnownFields _known;
    private Slice _authority;
    private Stage _stage;
    private ulong _nameLengths;
    private int _position;
    private int _blockStart;

    private enum Stage : byte
    {
        Start,
        RequestLine,
        Fields,
        Complete,
        Failed,
    }

    /// <summary>Length of the head in bytes, from the first byte to the final CRLF; 0 until the parser answered Complete.</summary>
    public int HeadLength => _stage == Stage.Complete ? _position : 0;

    /// <summary>Why the parser answered Failed; else None.</summary>
    public HttpFailure Failure { get; private set; }

    /// <summary>The method; Unknown until the request line is complete.</summary>
    public RequestMethod Method { get; private set; }

    /// <summary>True for HTTP/1.1 to HTTP/1.9, false for HTTP/1.0.</summary>
    public bool IsHttp11 { get; private set; }

    /// <summary>
    /// The raw path: visible ASCII, neither decoded nor normalised, up to the query. Never empty, but for <see cref="IsAsterisk"/>.
    /// </summary>
    public Slice Path { get; private set; }

    /// <summary>The raw query after the first question mark; empty if there is none.</summary>
    public Slice Query { get; private set; }

    /// <summary>True for <c>OPTIONS *</c>, which has no path.</summary>
    public bool IsAsterisk { get; private set; }

    /// <summary>
    /// <c>host[:port]</c> the request is for: the authority of an absolute-form target, else Host (RFC 9112, section 3.3). May be empty.
    /// </summary>
    public Slice Host => _authority.Length > 0 ? _authority : _known.Host;

    /// <summary>How the body is framed. Valid when Complete.</summary>
    public BodyKind BodyKind => _known.BodyKind;

    /// <summary>Bytes of the body, 0 to 2^63 - 1; 0 for a chunked one. Not compared with any limit. Valid when Complete.</summary>
    public long ContentLength => _known.ContentLength;

    /// <summary>Whether the client wants to go on after this request (RFC 9112, section 9.3). Valid when Complete.</summary>
    public bool KeepAlive => _known.KeepAlive(IsHttp11);

    /// <summary>Whether Connection lists <c>upgrade</c>. Valid when Complete.</summary>
    public bool ConnectionUpgrade => _known.Upgrade;

    /// <summary>What Expect asks for. Valid when Complete.</summary>
    public ExpectKind Expect => _known.Expect;

    /// <summary>Number of field lines, 0 to <see cref="HttpLimits.MaxHeaders"/>.</summary>
    public int FieldCount { get; private set; }

    /// <summary>Bytes of all field lines with their CRLFs, 0 to <see cref="HttpLimits.MaxHeaderBlock"/>; 0 until Complete.</summary>
    public int FieldBytes => _stage == Stage.Complete ? _position - 2 - _blockStart : 0;

    /// <summary>
    /// Parses as far as the bytes go. After NeedMore call it again with the same bytes and more behind them; finished lines are not read
    /// again. After Complete or Failed it gives that answer until <see cref="Reset"/>.
    /// </summary>
    /// <param name="bytes">
    /// All bytes received of this head, from its first one, and whatever follows it: that is not looked at. A caller that holds
    /// <see cref="HttpLimits.MaxHeadBytes"/> never sees NeedMore with a full buffer.
    /// </param>
    public ParseStatus Parse(ReadOnlySpan<byte> bytes)
    {
        if (_stage == Stage.Start)
        {
            ParseStatus status = SkipEmptyLine(bytes);
            if (status != ParseStatus.Complete)
                return status;
        }
        if (_stage == Stage.RequestLine)
        {
            ParseStatus status = ParseRequestLine(bytes);
            if (status != ParseStatus.Complete)
                return status;
        }
        if (_stage == Stage.Fields)
            return ParseFields(bytes);
        return _stage == Stage.Complete ? ParseStatus.Complete : ParseStatus.Failed;
    }

    /// <summary>Forgets everything, for the next request.</summary>
    public void Reset()
    {
        _known = default;
        _authority = default;
        _stage = Stage.Start;
        _position = 0;
        _blockStart = 0;
        Failure = HttpFailure.None;
        Method = RequestMethod.Unknown;
        IsHttp11 = false;
        Path = default;
        Query = default;
        IsAsterisk = false;
        FieldCount = 0;
        _nameLengths = 0;
    }

    /// <summary>False when no field line can have a name of that length: most fields that are asked for are in hardly any request.</summary>
    internal bool MayHaveNameOf(int length) => (_nameLengths & 1UL << length) != 0;

    /// <summary>Name of the field line with that index, in the case it was sent in.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below <see cref="FieldCount"/>.</exception>
    public Slice NameAt(int index) => FieldAt(index).Name;

    /// <summary>Value of the field line with that index, without the white space around it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below <see cref="FieldCount"/>.</exception>
    public Slice ValueAt(int index) => FieldAt(index).Value;

    /// <summary>How many field lines have that name, compared without case.</summary>
    /// <param name="bytes">The bytes that were parsed.</param>
    /// <param name="lowerCaseName">The name, ASCII.</param>
    public int Count(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> lowerCaseName)
    {
        int count = 0;
        foreach (Slice _ in ValuesOf(bytes, lowerCaseName))
            count++;
        return count;
    }

    /// <summary>The value of the first field line of that name, compared without case.</summary>
    /// <param name="bytes">The bytes that were parsed.</param>
    /// <param name="lowerCaseName">The name, ASCII.</param>
    /// <param name="value">The value if there is one, else empty.</param>
    public bool TryGet(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> lowerCaseName, out Slice value)
    {
        FieldValues values = ValuesOf(bytes, lowerCaseName);
        bool found = values.MoveNext();
        value = found ? values.Current : default;
        return found;
    }

    /// <summary>The values of all field lines of that name, in order.</summary>
    /// <param name="bytes">The bytes that were parsed.</param>
    /// <param name="lowerCaseName">The name, ASCII.</param>
    public FieldValues ValuesOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> lowerCaseName) => new(this, bytes, lowerCaseName);

    private ParseStatus SkipEmptyLine(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return ParseStatus.NeedMore;
        if (bytes[0] == HttpGrammar.CarriageReturn)
        {
            if (bytes.Length == 1)
                return ParseStatus.NeedMore;
            if (bytes[1] != HttpGrammar.LineFeed)
                return Fail(HttpFailure.BareCarriageReturn);
            _position = 2;
        }
        _stage = Stage.RequestLine;
        return ParseStatus.Complete;
    }

    private ParseStatus ParseRequestLine(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> rest = bytes[_position..];
        ParseStatus status = RequestLine.Read(rest, out RequestLine line, out HttpFailure failure);
        if (status == ParseStatus.NeedMore)
            return status;
        if (status == ParseStatus.Failed)
            return Fail(failure);

        Method = line.Method;
        IsHttp11 = line.IsHttp11;
        if (!RequestTarget.TryParse(line.Target.In(rest), line.Method, out RequestTarget target))
            return Fail(HttpFailure.BadTarget);
        int targetStart = _position + line.Target.Start;
        Path = Move(target.Path, targetStart);
        Query = Move(target.Query, targetStart);
        _authority = Move(target.Authority, targetStart);
        IsAsterisk = target.IsAsterisk;

        _position += line.Length;
        _blockStart = _position;
        _stage = Stage.Fields;
        return ParseStatus.Complete;
    }

    private ParseStatus ParseFields(ReadOnlySpan<byte> bytes)
    {
        // Lines are read inside the block's bound only, so that a byte over it is refused without waiting for the end of its line.
        int blockEnd = _blockStart + HttpLimits.MaxHeaderBlock;
        ReadOnlySpan<byte> window = bytes.Length > blockEnd ? bytes[..blockEnd] : bytes;
        while (_position < bytes.Length)
        {
            if (bytes[_position] == HttpGrammar.CarriageReturn)
                return EndFields(bytes);
            if (FieldCount == HttpLimits.MaxHeaders)
                return Fail(HttpFailure.TooManyHeaders);

            ParseStatus status = FieldLine.Read(window, _position, out FieldLine line, out HttpFailure failure);
            if (status == ParseStatus.NeedMore)
                return window.Length < bytes.Length ? Fail(HttpFailure.HeaderBlockTooLarge) : status;
            if (status == ParseStatus.Complete)
                failure = _known.Add(bytes, line, IsHttp11);
            if (failure != HttpFailure.None)
                return Fail(failure);
            _fields[FieldCount++] = new Field(line.Name, line.Value);
            _nameLengths |= 1UL << line.Name.Length;
            _position = line.End;
        }
        return ParseStatus.NeedMore;
    }

    private ParseStatus EndFields(ReadOnlySpan<byte> bytes)
    {
        if (_position + 1 == bytes.Length)
            return ParseStatus.NeedMore;
        if (bytes[_position + 1] != HttpGrammar.LineFeed)
            return Fail(HttpFailure.BareCarriageReturn);
        HttpFailure failure = _known.Conclude(Method, IsHttp11);
        if (failure != HttpFailure.None)
            return Fail(failure);
        _position += 2;
        _stage = Stage.Complete;
        return ParseStatus.Complete;
    }

    private ParseStatus Fail(HttpFailure failure)
    {
        Failure = failure;
        _stage = Stage.Failed;
        return ParseStatus.Failed;
    }

    private Field FieldAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)FieldCount, nameof(index));
        return _fields[index];
    }

    private static Slice Move(Slice slice, int by) => slice.Length == 0 ? default : new Slice(slice.Start + by, slice.Length);

    /// <summary>Two slices in eight bytes: a head is under 64 KiB.</summary>
    private readonly struct Field(Slice name, Slice value)
    {
        private readonly ushort _nameStart = (ushort)name.Start;
        private readonly ushort _nameLength = (ushort)name.Length;
        private readonly ushort _valueStart = (ushort)value.Start;
        private readonly ushort _valueLength = (ushort)value.Length;

        public Slice Name => new(_nameStart, _nameLength);

        public Slice Value => new(_valueStart, _valueLength);
    }
}
