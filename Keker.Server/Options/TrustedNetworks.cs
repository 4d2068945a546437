using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using Keker.Protocol.Proxy;

namespace Keker.Server.Options;

/// <summary>The networks whose proxies are believed when they tell for whom they connect. Immutable, thread-safe.</summary>
internal sealed class TrustedNetworks(ImmutableArray<IPNetwork> networks)
{
    public static readonly TrustedNetworks None = new([]);

    public bool IsEmpty => networks.IsEmpty;

    /// <summary>Whether an address is in one of them.</summary>
    /// <param name="address">4 or 16 bytes as they are on the wire; IPv4 in IPv6 clothing (RFC 4291 2.5.5.2) counts as IPv4.</param>
    public bool Contain(ReadOnlySpan<byte> address)
    {
        if (networks.IsEmpty || address.Length is not (4 or 16))
            return false;
        var ip = new IPAddress(address);
        if (ip.IsIPv4MappedToIPv6)
            ip = ip.MapToIPv4();
        foreach (IPNetwork network in networks)
        {
            if (network.BaseAddress.AddressFamily == ip.AddressFamily && network.Contains(ip))
                return true;
        }
        return false;
    }

    /// <summary>Reads one: <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>, or one address.</summary>
    /// <returns>False where it is none, or has bits behind its prefix: nobody knows what is meant then.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPNetwork? network)
    {
        network = null;
        string[] parts = text.Split('/');
        Span<byte> address = stackalloc byte[16];
        int length = IpText.Read(Encoding.UTF8.GetBytes(parts[0]), address);
        if (parts.Length == 1 && length > 0)
            network = new IPNetwork(new IPAddress(address[..length]), 8 * length);
        else if (length > 0 && IPNetwork.TryParse(text, out IPNetwork parsed) && parsed.BaseAddress.Equals(new IPAddress(address[..length])))
            network = parsed;
        return network is not null;
    }
}
