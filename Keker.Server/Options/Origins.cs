using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keker.Server.Options;

/// <summary>
/// Origins in the one spelling that browsers send (RFC 6454 6.2: lower case, no default port, no path), so that bytes are compared later. A host may
/// begin with <c>*.</c>.
/// </summary>
internal static class Origins
{
    /// <summary>What sandboxed frames send, and local files in most browsers.</summary>
    private const string Opaque = "null";

    /// <summary>What local files send in Chromium and in the web views made of it, with a WebSocket handshake.</summary>
    private const string LocalFile = "file://";

    private const string SchemeEnd = "://";

    /// <summary>Stands for one label of a host: what it allows is as wide as the operator sees, and no host of a host.</summary>
    private const string AnyLabel = "*.";

    private static readonly SearchValues<char> SchemeLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789+-.");
    private static readonly SearchValues<char> HostLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-._");

    /// <summary>The origin, or null when the text is none.</summary>
    public static string? Normalize(string text)
    {
        string origin = text.ToLowerInvariant();
        if (origin is Opaque or LocalFile)
            return origin;

        int schemeEnd = origin.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (schemeEnd <= 0 || !char.IsAsciiLetter(origin[0]) || origin.AsSpan(0, schemeEnd).ContainsAnyExcept(SchemeLetters))
            return null;

        string scheme = origin[..schemeEnd];
        string host = origin[(schemeEnd + SchemeEnd.Length)..];
        string port = "";
        int colon = host.LastIndexOf(':');
        if (colon > host.LastIndexOf(']'))
        {
            if (!ushort.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) || number == 0)
                return null;

            port = number == DefaultPort(scheme) ? "" : string.Create(CultureInfo.InvariantCulture, $":{number}");
            host = host[..colon];
        }

        bool isOpen = host.StartsWith(AnyLabel, StringComparison.Ordinal);
        string? normal = isOpen ? NormalizeParent(host[AnyLabel.Length..]) : NormalizeHost(host);
        return normal is null ? null : scheme + SchemeEnd + (isOpen ? AnyLabel : "") + normal + port;
    }

    /// <summary>Whether the origin of a page is one that is allowed.</summary>
    /// <param name="allowed">As <see cref="Normalize"/> has it, in ASCII.</param>
    /// <param name="origin">As the browser sends it.</param>
    public static bool Matches(ReadOnlySpan<byte> allowed, ReadOnlySpan<byte> origin)
    {
        int label = allowed.IndexOf("://*."u8) + SchemeEnd.Length;
        if (label < SchemeEnd.Length)
            return Ascii.EqualsIgnoreCase(origin, allowed);
        ReadOnlySpan<byte> rest = allowed[(label + 1)..];
        int length = origin.Length - label - rest.Length;
        return length > 0
            && Ascii.EqualsIgnoreCase(origin[..label], allowed[..label])
            && Ascii.EqualsIgnoreCase(origin[^rest.Length..], rest)
            && !origin.Slice(label, length).ContainsAny("./:@*"u8);
    }

    /// <summary>What follows the label: a name, and no address, of which the label would be no part.</summary>
    private static string? NormalizeParent(string host) =>
        host.StartsWith('[') || host.StartsWith('.') || IPAddress.TryParse($"1.{host}", out _) ? null : NormalizeHost(host);

    private static string? NormalizeHost(string host)
    {
        if (!host.StartsWith('['))
            return host.Length > 0 && !host.AsSpan().ContainsAnyExcept(HostLetters) ? host : null;

        bool isAddress = host.EndsWith(']')
            && !host.Contains('%', StringComparison.Ordinal)
            && IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out IPAddress? address)
            && address.AddressFamily == AddressFamily.InterNetworkV6;
        return isAddress ? $"[{IPAddress.Parse(host.AsSpan(1, host.Length - 2))}]" : null;
    }

    private static int DefaultPort(string scheme) => scheme switch
    {
        "http" => 80,
        "https" => 443,
        _ => 0,
    };
}
