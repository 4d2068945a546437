using System.Buffers.Binary;

namespace Keker.Server.Net;

/// <summary>What counts as one peer: an IPv4 address, or an IPv6 /64 network, of which a single subscriber usually has all addresses.</summary>
internal static class AddressKey
{
    private const int Ipv4Bytes = 4;
    private const ulong Ipv4Mark = 0xFFFF_0000_0000;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <summary>The key of who is at the other end; null on a unix socket, or when the peer is gone.</summary>
    public static ulong? Of(Connection connection)
    {
        Span<byte> address = stackalloc byte[16];
        int length = connection.WriteAddress(address);
        return length > 0 ? Of(address[..length]) : null;
    }

    /// <summary>The key of an address as it is on the wire, of 4 or 16 bytes; IPv4 in IPv6 clothing (RFC 4291 2.5.5.2) counts as IPv4.</summary>
    public static ulong Of(ReadOnlySpan<byte> address)
    {
        if (address.StartsWith(MappedPrefix))
            address = address[MappedPrefix.Length..];
        return address.Length == Ipv4Bytes ? Ipv4Mark | BinaryPrimitives.ReadUInt32BigEndian(address) : BinaryPrimitives.ReadUInt64BigEndian(address);
    }

    /// <summary>Copies an address.</summary>
    /// <returns>Bytes written.</returns>
    public static int Copy(byte[] address, Span<byte> destination)
    {
        address.CopyTo(destination);
        return address.Length;
    }
}
