using System.Net;

namespace Keker.Server.Options;

/// <summary>Hosts that are addresses and no names. Stateless, thread-safe.</summary>
internal static class AddressLiterals
{
    private const string Localhost = "localhost";

    /// <summary>Whether an authority, <c>host[:port]</c>, is an IP address or localhost: nobody else can have either lead to his own machine, or his name here.</summary>
    public static bool Contains(string authority)
    {
        int port = authority.LastIndexOf(':');
        string host = port > authority.LastIndexOf(']') ? authority[..port] : authority;
        return host.Equals(Localhost, StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out _);
    }
}
