using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Keker.Server.Options;

/// <summary>
/// Where to listen: <c>host:port</c>, <c>[ipv6]:port</c>, <c>*:port</c> or <c>unix:/path[,mode=0660]</c>, and behind a comma <c>proxy</c> where a PROXY header
/// comes first on each connection. Port 0 takes any free port.
/// Two addresses are equal when they name the same place, however they were written. Immutable.
/// </summary>
internal sealed class ListenAddress : IEquatable<ListenAddress>
{
    internal const string Forms = "host:port, [ipv6]:port, *:port or unix:/path";

    internal const string UnixPrefix = "unix:";

    /// <summary>What may follow the path of a Unix socket behind a comma, with an octal number.</summary>
    internal const string ModeSetting = "mode=";

    /// <summary>The same for an address at which only proxies connect, that say for whom.</summary>
    internal const string ProxySetting = "proxy";

    private const int HostNameCharacters = 253;

    private static readonly SearchValues<char> HostNameLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

    private static readonly SearchValues<char> AddressLetters = SearchValues.Create("0123456789.");

    private readonly string _text;
    private readonly IPAddress? _ip;
    private readonly string _place;

    private ListenAddress(string text, ListenKind kind, IPAddress? ip, string place, int port)
    {
        _text = text;
        _ip = ip;
        _place = place;
        Kind = kind;
        Port = port;
    }

    public ListenKind Kind { get; }

    /// <summary>The port as given, 0 for any free one; 0 for a Unix socket. The number of an inherited descriptor.</summary>
    public int Port { get; }

    /// <summary>The address, or a name in small letters that has to be looked up; empty for a Unix socket.</summary>
    public string Host => Kind == ListenKind.Unix ? "" : _place;

    /// <summary>The path of a Unix socket; null for TCP.</summary>
    public string? Path => Kind == ListenKind.Unix ? _place : null;

    /// <summary>Who may connect to a Unix socket; null leaves it to the umask.</summary>
    public UnixFileMode? Mode { get; private set; }

    /// <summary>Whether a PROXY header has to come first on each connection.</summary>
    public bool IsProxied { get; private set; }

    /// <summary>A socket that listens already.</summary>
    /// <param name="descriptor">Its number.</param>
    /// <param name="isProxied">See <see cref="IsProxied"/>.</param>
    public static ListenAddress OfDescriptor(int descriptor, bool isProxied) =>
        new($"fd:{descriptor}{(isProxied ? $",{ProxySetting}" : "")}", ListenKind.Inherited, null, "", descriptor) { IsProxied = isProxied };

    /// <exception cref="FormatException">The text is none of <see cref="Forms"/>; the message says what is wrong.</exception>
    public static ListenAddress Parse(string text) =>
        TryParse(text, out ListenAddress? address, out string? mistake) ? address : throw new FormatException(mistake);

    /// <param name="text">One of <see cref="Forms"/>.</param>
    /// <param name="address">The address, or null.</param>
    /// <param name="mistake">What is wrong and what is accepted, as a phrase without the text itself; null when all is well.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenAddress? address, [NotNullWhen(false)] out string? mistake)
    {
        address = null;
        string[] parts = text.Split(',');
        mistake = parts[0].StartsWith(UnixPrefix, StringComparison.Ordinal)
            ? ParseUnix(text, parts[0], ref address)
            : ParseTcp(text, parts[0], ref address);
        for (int i = 1; i < parts.Length && mistake is null; i++)
            mistake = address!.Set(parts[i]);
        address = mistake is null ? address : null;
        return address is not null;
    }

    /// <summary>Host names are looked up here, not when parsed, so that a broken resolver is a failure to bind and not a mistake in the options.</summary>
    /// <remarks>Not for an inherited descriptor, whose address is known by the socket alone.</remarks>
    /// <exception cref="SocketException">The host name has no address.</exception>
    public EndPoint ToEndPoint() =>
        Kind == ListenKind.Unix ? new UnixDomainSocketEndPoint(_place) : new IPEndPoint(_ip ?? Resolve(_place), Port);

    public bool Equals(ListenAddress? other) =>
        other is not null && Kind == other.Kind && Port == other.Port && string.Equals(_place, other._place, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as ListenAddress);

    public override int GetHashCode() => HashCode.Combine(Kind, Port, _place);

    /// <summary>The address as it was given.</summary>
    public override string ToString() => _text;

    /// <summary>Whether a text looks like what may stand behind a comma, right or wrong.</summary>
    public static bool IsSetting(string text) => text == ProxySetting || text.StartsWith(ModeSetting, StringComparison.Ordinal);

    /// <summary>Takes what stands behind a comma.</summary>
    /// <returns>What is wrong; null when all is well.</returns>
    private string? Set(string setting)
    {
        if (setting == ProxySetting && !IsProxied)
        {
            IsProxied = true;
            return null;
        }
        if (Kind == ListenKind.Tcp)
            return $"expected {ProxySetting} after the comma, or nothing; {ModeSetting}0660 goes with unix: only";
        if (Mode is not null || !TryParseMode(setting, out UnixFileMode? mode))
            return $"expected {ModeSetting} and an octal number up to 0777, or {ProxySetting}, after the comma, such as unix:/run/keker.sock,{ModeSetting}0660";
        Mode = mode;
        return null;
    }

    private static string? ParseUnix(string text, string place, ref ListenAddress? address)
    {
        string path = place[UnixPrefix.Length..];
        if (!path.StartsWith('/') || path.EndsWith('/') || path.Contains('\0', StringComparison.Ordinal))
            return "expected unix: and an absolute path, such as unix:/run/keker.sock";

        if (Encoding.UTF8.GetByteCount(path) > Limits.UnixPathBytes)
            return $"expected at most {Limits.UnixPathBytes} bytes of path after unix:";

        address = new ListenAddress(text, ListenKind.Unix, null, path, 0);
        return null;
    }

    private static bool TryParseMode(ReadOnlySpan<char> setting, out UnixFileMode? mode)
    {
        mode = null;
        if (!setting.StartsWith(ModeSetting, StringComparison.Ordinal))
            return false;
        ReadOnlySpan<char> digits = setting[ModeSetting.Length..];
        if (digits.Length is 0 or > 4 || digits.ContainsAnyExceptInRange('0', '7'))
            return false;
        int bits = 0;
        foreach (char digit in digits)
            bits = bits << 3 | digit - '0';
        mode = (UnixFileMode)bits;
        return bits <= 0x1FF;
    }

    private static string? ParseTcp(string text, string place, ref ListenAddress? address)
    {
        if (place.Contains("://", StringComparison.Ordinal))
            return "expected an address without http:// or the like, such as 127.0.0.1:3498; with --cert and --key it speaks TLS";

        int colon = place.LastIndexOf(':');
        if (colon < 0)
            return $"expected {Forms}";

        ReadOnlySpan<char> digits = place.AsSpan(colon + 1);
        if (digits.Length is 0 or > 5 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > IPEndPoint.MaxPort)
            return "expected a port from 0 to 65535 after the last colon";

        string host = place[..colon];
        if (!TryParseHost(host, out IPAddress? ip))
            return host.Contains(':', StringComparison.Ordinal)
                ? "expected an IPv6 address in brackets, such as [::1]:3498"
                : $"expected {Forms}";

        address = new ListenAddress(text, ListenKind.Tcp, ip, ip?.ToString() ?? host.ToLowerInvariant(), port);
        return null;
    }

    /// <summary>True with no address for a name that has to be looked up.</summary>
    private static bool TryParseHost(string host, out IPAddress? ip)
    {
        ip = null;
        if (host is "*" or "")
        {
            ip = IPAddress.Any;
            return true;
        }

        // Resolvers may answer ::1 first, or nothing at all in a bare container.
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            ip = IPAddress.Loopback;
            return true;
        }

        if (host.StartsWith('['))
            return host.EndsWith(']') && IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out ip) && ip.AddressFamily == AddressFamily.InterNetworkV6;

        // IPAddress also reads 1, 0x7f.1 and 010.0.0.1; only the usual spelling means the same to everyone.
        if (!host.AsSpan().ContainsAnyExcept(AddressLetters))
            return IPAddress.TryParse(host, out ip) && ip.ToString() == host;

        return host.Length <= HostNameCharacters
            && !host.AsSpan().ContainsAnyExcept(HostNameLetters)
            && char.IsAsciiLetterOrDigit(host[0])
            && !host.Contains("..", StringComparison.Ordinal);
    }

    private static IPAddress Resolve(string host)
    {
        IPAddress[] found = Dns.GetHostAddresses(host);
        return Array.Find(found, ip => ip.AddressFamily == AddressFamily.InterNetwork)
            ?? found.FirstOrDefault()
            ?? throw new SocketException((int)SocketError.HostNotFound);
    }
}
