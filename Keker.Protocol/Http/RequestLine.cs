using System.Buffers.Binary;

namespace Keker.Protocol.Http;

/// <summary>
/// <c>request-line = method SP request-target SP HTTP-version CRLF</c> (RFC 9112, section 3). Offsets count from the line's first byte.
/// </summary>
internal readonly struct RequestLine(RequestMethod method, Slice target, bool isHttp11, int length)
{
    private const int VersionLength = 8;

    /// <summary>The bytes of <c>HTTP/1.1</c> as one little-endian number: nearly every request takes this one comparison.</summary>
    private static readonly ulong Http11 = BinaryPrimitives.ReadUInt64LittleEndian("HTTP/1.1"u8);

    public RequestMethod Method { get; } = method;

    public Slice Target { get; } = target;

    public bool IsHttp11 { get; } = isHttp11;

    /// <summary>Length of the line in bytes, CRLF included.</summary>
    public int Length { get; } = length;

    /// <summary>
    /// Reads the line at the start of <paramref name="bytes"/>. A byte that breaks the grammar decides the failure at its own position,
    /// with or without the rest of the line; what only the whole line tells (version, method) is decided at its LF.
    /// </summary>
    public static ParseStatus Read(ReadOnlySpan<byte> bytes, out RequestLine line, out HttpFailure failure)
    {
        line = default;
        bool overlong = bytes.Length > HttpLimits.MaxRequestLine;
        ReadOnlySpan<byte> window = overlong ? bytes[..HttpLimits.MaxRequestLine] : bytes;

        int methodEnd = window[..Math.Min(window.Length, HttpLimits.MaxMethod + 1)].IndexOfAnyExcept(HttpGrammar.TokenBytes);
        if (methodEnd < 0)
            return More(window.Length > HttpLimits.MaxMethod, HttpFailure.MethodTooLong, out failure);
        if (window[methodEnd] != HttpGrammar.Space || methodEnd == 0)
            return Fail(window[methodEnd], HttpFailure.BadMethod, out failure);

        int targetStart = methodEnd + 1;
        ReadOnlySpan<byte> rest = window[targetStart..];
        int targetLength = rest.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E);
        if (targetLength < 0)
            return More(overlong, HttpFailure.RequestLineTooLong, out failure);
        if (rest[targetLength] != HttpGrammar.Space || targetLength == 0)
            return Fail(rest[targetLength], HttpFailure.BadTarget, out failure);

        rest = rest[(targetLength + 1)..];
        if (!IsVersion(rest))
        {
            failure = HttpFailure.BadVersion;
            return ParseStatus.Failed;
        }
        if (rest.Length < VersionLength)
            return More(overlong, HttpFailure.RequestLineTooLong, out failure);

        int end = targetStart + targetLength + 1 + VersionLength;
        if (end >= bytes.Length)
            return More(false, HttpFailure.None, out failure);
        if (bytes[end] != HttpGrammar.CarriageReturn)
            return Fail(bytes[end], end == HttpLimits.MaxRequestLine ? HttpFailure.RequestLineTooLong : HttpFailure.BadVersion, out failure);
        if (end + 1 >= bytes.Length)
            return More(false, HttpFailure.None, out failure);
        if (bytes[end + 1] != HttpGrammar.LineFeed)
        {
            failure = HttpFailure.BareCarriageReturn;
            return ParseStatus.Failed;
        }

        RequestMethod method = MethodOf(window[..methodEnd]);
        failure = Refusal(method, rest);
        line = new RequestLine(method, new Slice(targetStart, targetLength), rest[7] != (byte)'0', end + 2);
        return failure == HttpFailure.None ? ParseStatus.Complete : ParseStatus.Failed;
    }

    /// <summary>
    /// The version comes first, so that the preface of HTTP/2, whose method is PRI, gets the answer that tells its sender what is wrong.
    /// </summary>
    private static HttpFailure Refusal(RequestMethod method, ReadOnlySpan<byte> version)
    {
        byte major = version[5];
        if (major == (byte)'0')
            return HttpFailure.BadVersion;
        if (major != (byte)'1')
            return HttpFailure.UnsupportedVersion;
        return method switch
        {
            RequestMethod.Unknown => HttpFailure.UnknownMethod,
            RequestMethod.Connect => HttpFailure.ConnectRefused,
            _ => HttpFailure.None,
        };
    }

    /// <summary>Whether the bytes are, as far as they go, <c>"HTTP/" DIGIT "." DIGIT</c> (RFC 9112, section 2.3; case matters).</summary>
    private static bool IsVersion(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= VersionLength && BinaryPrimitives.ReadUInt64LittleEndian(bytes) == Http11)
            return true;
        ReadOnlySpan<byte> pattern = "HTTP/d.d"u8;
        for (int i = 0; i < Math.Min(bytes.Length, VersionLength); i++)
        {
            if (pattern[i] == (byte)'d' ? !HttpGrammar.IsDigit(bytes[i]) : bytes[i] != pattern[i])
                return false;
        }
        return true;
    }

    private static RequestMethod MethodOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 when name.SequenceEqual("PUT"u8) => RequestMethod.Put,
        3 when name.SequenceEqual("GET"u8) => RequestMethod.Get,
        4 when name.SequenceEqual("POST"u8) => RequestMethod.Post,
        4 when name.SequenceEqual("HEAD"u8) => RequestMethod.Head,
        5 when name.SequenceEqual("TRACE"u8) => RequestMethod.Trace,
        5 when name.SequenceEqual("PATCH"u8) => RequestMethod.Patch,
        6 when name.SequenceEqual("DELETE"u8) => RequestMethod.Delete,
        7 when name.SequenceEqual("OPTIONS"u8) => RequestMethod.Options,
        7 when name.SequenceEqual("CONNECT"u8) => RequestMethod.Connect,
        _ => RequestMethod.Unknown,
    };

    private static ParseStatus More(bool tooLong, HttpFailure whenTooLong, out HttpFailure failure)
    {
        failure = tooLong ? whenTooLong : HttpFailure.None;
        return tooLong ? ParseStatus.Failed : ParseStatus.NeedMore;
    }

    private static ParseStatus Fail(byte found, HttpFailure otherwise, out HttpFailure failure)
    {
        failure = found == HttpGrammar.LineFeed ? HttpFailure.BareLineFeed : otherwise;
        return ParseStatus.Failed;
    }
}
