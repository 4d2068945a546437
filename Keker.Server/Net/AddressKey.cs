using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Keker.Server.Net;

/// <summary>What counts as one peer: an IPv4 address, or an IPv6 /64 network, of which a single subscriber usually has all addresses.</summary>
internal static class AddressKey
{
    private const ulong Ipv4Mark = 0xFFFF_0000_0000;

    /// <summary>The key of an address; IPv4 in IPv6 clothing counts as IPv4.</summary>
    public static ulong Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? Ipv4Mark | BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
