using System.Text;

namespace Keker.Protocol.Http;

/// <summary>
/// What the fields that rule the message say: Host, Content-Length, Transfer-Encoding, Connection and Expect. Fed with each field line
/// as it is found; a line that is wrong by itself fails at once, what only the whole head tells fails in <see cref="Conclude"/>.
/// </summary>
internal struct KnownFields
{
    private bool _hasHost;
    private bool _hasContentLength;
    private bool _hasTransferEncoding;
    private bool _unknownCoding;
    private bool _close;
    private bool _keepAlive;

    public Slice Host { get; private set; }

    public long ContentLength { get; private set; }

    public bool Upgrade { get; private set; }

    public ExpectKind Expect { get; private set; }

    public readonly BodyKind BodyKind =>
        _hasTransferEncoding ? BodyKind.Chunked : ContentLength > 0 ? BodyKind.Length : BodyKind.None;

    /// <summary>RFC 9112, section 9.3: close wins; without either token the version decides.</summary>
    public readonly bool KeepAlive(bool isHttp11) => !_close && (isHttp11 || _keepAlive);

    /// <summary>Takes notice of a field line. Dispatches on the length of the name, which rules out nearly all other fields.</summary>
    public HttpFailure Add(ReadOnlySpan<byte> bytes, in FieldLine line, bool isHttp11)
    {
        ReadOnlySpan<byte> name = line.Name.In(bytes);
        switch (name.Length)
        {
            case 4 when Ascii.EqualsIgnoreCase(name, "host"u8):
                return AddHost(bytes, line.Value);
            case 6 when isHttp11 && Ascii.EqualsIgnoreCase(name, "expect"u8):
                return AddExpect(line.Value.In(bytes));
            case 10 when Ascii.EqualsIgnoreCase(name, "connection"u8):
                return AddConnection(line.Value.In(bytes));
            case 14 when Ascii.EqualsIgnoreCase(name, "content-length"u8):
                return AddContentLength(line.Value.In(bytes));
            case 17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8):
                return AddTransferEncoding(line.Value.In(bytes), isHttp11);
            default:
                return HttpFailure.None;
        }
    }

    /// <summary>The rules that need all fields. The framing conflict comes before the coding: it is the one that smuggles.</summary>
    public readonly HttpFailure Conclude(RequestMethod method, bool isHttp11)
    {
        if (_hasContentLength && _hasTransferEncoding)
            return HttpFailure.LengthAndTransferEncoding;
        if (_unknownCoding)
            return HttpFailure.UnknownTransferCoding;
        if (isHttp11)
            return _hasHost ? HttpFailure.None : HttpFailure.MissingHost;
        bool wantsBody = method is RequestMethod.Put or RequestMethod.Post;
        return wantsBody && !_hasContentLength ? HttpFailure.LengthRequired : HttpFailure.None;
    }

    private HttpFailure AddHost(ReadOnlySpan<byte> bytes, Slice value)
    {
        if (_hasHost)
            return HttpFailure.RepeatedHost;
        _hasHost = true;
        Host = value;
        return value.Length == 0 || HostGrammar.IsValid(value.In(bytes)) ? HttpFailure.None : HttpFailure.BadHost;
    }

    private HttpFailure AddExpect(ReadOnlySpan<byte> value)
    {
        bool supported = Expect != ExpectKind.Unsupported && Ascii.EqualsIgnoreCase(value, "100-continue"u8);
        Expect = supported ? ExpectKind.Continue : ExpectKind.Unsupported;
        return HttpFailure.None;
    }

    private HttpFailure AddConnection(ReadOnlySpan<byte> value)
    {
        foreach (ReadOnlySpan<byte> option in new ListElements(value))
        {
            if (Ascii.EqualsIgnoreCase(option, "keep-alive"u8))
                _keepAlive = true;
            else if (Ascii.EqualsIgnoreCase(option, "close"u8))
                _close = true;
            else if (Ascii.EqualsIgnoreCase(option, "upgrade"u8))
                Upgrade = true;
            else if (!option.IsEmpty && !HttpGrammar.IsToken(option))
                return HttpFailure.BadConnection;
        }
        return HttpFailure.None;
    }

    private HttpFailure AddContentLength(ReadOnlySpan<byte> value)
    {
        if (_hasContentLength)
            return HttpFailure.RepeatedContentLength;
        _hasContentLength = true;
        if (!FramingFields.TryParseContentLength(value, out long length))
            return HttpFailure.BadContentLength;
        ContentLength = length;
        return HttpFailure.None;
    }

    private HttpFailure AddTransferEncoding(ReadOnlySpan<byte> value, bool isHttp11)
    {
        if (!isHttp11)
            return HttpFailure.TransferEncodingInHttp10;
        if (_hasTransferEncoding)
            return HttpFailure.RepeatedTransferEncoding;
        _hasTransferEncoding = true;
        HttpFailure failure = FramingFields.CheckTransferEncoding(value);
        _unknownCoding = failure == HttpFailure.UnknownTransferCoding;
        return _unknownCoding ? HttpFailure.None : failure;
    }
}
