using System.Text;

namespace Keker.Protocol.Http;

/// <summary>
/// The forms of a request target this server takes (RFC 9112, section 3.2): origin-form, absolute-form and, for OPTIONS, the asterisk.
/// Nothing is decoded or normalised: routes are compared with the raw path. Offsets count from the target's first byte.
/// </summary>
internal readonly struct RequestTarget
{
    /// <summary>The path from its first slash to the query.</summary>
    public Slice Path { get; private init; }

    /// <summary>What follows the first question mark, without it; empty if there is none.</summary>
    public Slice Query { get; private init; }

    /// <summary>The authority of an absolute-form target; empty in the other forms.</summary>
    public Slice Authority { get; private init; }

    public bool IsAsterisk { get; private init; }

    /// <param name="target">The target: at least one byte, visible ASCII only.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="parsed">The pieces, if the answer is true.</param>
    public static bool TryParse(ReadOnlySpan<byte> target, RequestMethod method, out RequestTarget parsed)
    {
        parsed = default;
        if (target[0] == (byte)'/')
        {
            parsed = Split(target, 0, default);
            return true;
        }
        if (target.SequenceEqual("*"u8))
        {
            parsed = new RequestTarget { IsAsterisk = true };
            return method == RequestMethod.Options;
        }

        int authorityStart = SchemeLength(target);
        if (authorityStart == 0)
            return false;
        int authorityLength = target[authorityStart..].IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        if (authorityLength < 0)
            authorityLength = target.Length - authorityStart;
        Slice authority = new(authorityStart, authorityLength);
        if (authorityLength == 0 || !HostGrammar.IsValid(authority.In(target)))
            return false;
        parsed = Split(target, authorityStart + authorityLength, authority);
        return true;
    }

    private static RequestTarget Split(ReadOnlySpan<byte> target, int pathStart, Slice authority)
    {
        int pathLength = target[pathStart..].IndexOf((byte)'?');
        bool hasQuery = pathLength >= 0;
        if (!hasQuery)
            pathLength = target.Length - pathStart;
        int queryStart = pathStart + pathLength + 1;
        return new RequestTarget
        {
            // "http://host" means the path "/" (RFC 9110, section 4.2.3); the slash before the authority stands in for it.
            Path = pathLength == 0 ? new Slice(authority.Start - 1, 1) : new Slice(pathStart, pathLength),
            Query = hasQuery ? new Slice(queryStart, target.Length - queryStart) : default,
            Authority = authority,
        };
    }

    private static int SchemeLength(ReadOnlySpan<byte> target)
    {
        ReadOnlySpan<byte> http = "http://"u8;
        ReadOnlySpan<byte> https = "https://"u8;
        if (target.Length >= http.Length && Ascii.EqualsIgnoreCase(target[..http.Length], http))
            return http.Length;
        return target.Length >= https.Length && Ascii.EqualsIgnoreCase(target[..https.Length], https) ? https.Length : 0;
    }
}
