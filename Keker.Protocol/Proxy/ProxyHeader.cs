using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;

namespace Keker.Protocol.Proxy;

/// <summary>
/// The header with which a proxy says, before all other bytes, whose connection it passes on: version 1 is a line of text, version 2 is binary (the PROXY protocol,
/// sections 2.1 and 2.2). Stateless, thread-safe.
/// </summary>
public static class ProxyHeader
{
    /// <summary>Bytes of the longest header that is read. Of version 2 the rest of 64 KiB would be information that nobody asked for.</summary>
    public const int MostBytes = 536;

    /// <summary>Bytes of the longest address.</summary>
    public const int AddressBytes = 16;

    private const int MostLineBytes = 107;
    private const int FixedBytes = 16;
    private const int PortBytes = 2;
    private const int Ipv4Bytes = 4;
    private const int UnixBytes = 108;
    private const int Words = 6;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">What has arrived so far.</param>
    /// <param name="address">Gets the address of the client as it is on the wire; at least <see cref="AddressBytes"/>.</param>
    /// <param name="addressLength">Bytes of it: 4, 16, or 0 where the proxy tells none, because the connection is its own or of another kind.</param>
    /// <param name="length">Bytes of the header, where it is complete.</param>
    public static ProxyHeaderStatus Read(ReadOnlySpan<byte> bytes, Span<byte> address, out int addressLength, out int length)
    {
        addressLength = 0;
        length = 0;
        return bytes.IsEmpty ? ProxyHeaderStatus.Incomplete
            : bytes[0] == (byte)'P' ? ReadLine(bytes, address, out addressLength, out length)
            : ReadBinary(bytes, address, out addressLength, out length);
    }

    private static ProxyHeaderStatus ReadBinary(ReadOnlySpan<byte> bytes, Span<byte> address, out int addressLength, out int length)
    {
        addressLength = 0;
        length = 0;
        int known = Math.Min(bytes.Length, Signature.Length);
        if (!bytes[..known].SequenceEqual(Signature[..known]))
            return ProxyHeaderStatus.Bad;
        if (bytes.Length > Signature.Length && bytes[Signature.Length] is not (0x20 or 0x21))
            return ProxyHeaderStatus.Bad;
        if (bytes.Length < FixedBytes)
            return ProxyHeaderStatus.Incomplete;
        bool isLocal = bytes[Signature.Length] == 0x20;
        int rest = BinaryPrimitives.ReadUInt16BigEndian(bytes[(FixedBytes - PortBytes)..]);
        if (LengthOf(bytes[FixedBytes - 3], out int told) is not { } needed || FixedBytes + rest > MostBytes || (!isLocal && rest < needed))
            return ProxyHeaderStatus.Bad;
        if (bytes.Length < FixedBytes + rest)
            return ProxyHeaderStatus.Incomplete;
        length = FixedBytes + rest;
        addressLength = isLocal ? 0 : told;
        bytes.Slice(FixedBytes, addressLength).CopyTo(address);
        return ProxyHeaderStatus.Complete;
    }

    /// <summary>Bytes that two addresses of a family and a transport take; null for what the protocol does not know.</summary>
    /// <param name="family">The byte that names both.</param>
    /// <param name="told">Bytes of one IP address of a stream; 0 where the client has none.</param>
    private static int? LengthOf(byte family, out int told)
    {
        told = family switch { 0x11 => Ipv4Bytes, 0x21 => AddressBytes, _ => 0 };
        return family switch
        {
            0x00 => 0,
            0x11 or 0x12 => 2 * (Ipv4Bytes + PortBytes),
            0x21 or 0x22 => 2 * (AddressBytes + PortBytes),
            0x31 or 0x32 => 2 * UnixBytes,
            _ => null,
        };
    }

    private static ProxyHeaderStatus ReadLine(ReadOnlySpan<byte> bytes, Span<byte> address, out int addressLength, out int length)
    {
        addressLength = 0;
        length = 0;
        ReadOnlySpan<byte> start = bytes[..Math.Min(bytes.Length, MostLineBytes)];
        int end = start.IndexOf("\r\n"u8);
        if (end < 0)
        {
            bool isBeginning = start.Length < MostLineBytes && IsBeginning(start, "PROXY "u8) && !start[..^1].ContainsAny((byte)'\r', (byte)'\n') && start[^1] != (byte)'\n';
            return isBeginning ? ProxyHeaderStatus.Incomplete : ProxyHeaderStatus.Bad;
        }
        ReadOnlySpan<byte> line = start[..end];
        if (!IsUnknown(line) && !TryReadWords(line, address, out addressLength))
            return ProxyHeaderStatus.Bad;
        length = end + 2;
        return ProxyHeaderStatus.Complete;
    }

    private static bool IsBeginning(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> text)
    {
        int known = Math.Min(bytes.Length, text.Length);
        return bytes[..known].SequenceEqual(text[..known]);
    }

    /// <summary>What follows the word means nothing (section 2.1), but it is one line.</summary>
    private static bool IsUnknown(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> unknown = "PROXY UNKNOWN"u8;
        return line.StartsWith(unknown) && (line.Length == unknown.Length || line[unknown.Length] == (byte)' ') && !line.ContainsAny((byte)'\r', (byte)'\n');
    }

    /// <summary><c>PROXY TCP4 source destination source-port destination-port</c>, one space between any two.</summary>
    private static bool TryReadWords(ReadOnlySpan<byte> line, Span<byte> address, out int addressLength)
    {
        addressLength = 0;
        Span<Range> words = stackalloc Range[Words];
        int count = 0;
        foreach (Range word in line.Split((byte)' '))
        {
            if (count == Words)
                return false;
            words[count++] = word;
        }
        if (count < Words || !line[words[0]].SequenceEqual("PROXY"u8))
            return false;
        bool isIpv4 = line[words[1]].SequenceEqual("TCP4"u8);
        if (!isIpv4 && !line[words[1]].SequenceEqual("TCP6"u8))
            return false;
        Span<byte> destination = stackalloc byte[AddressBytes];
        int expected = isIpv4 ? Ipv4Bytes : AddressBytes;
        addressLength = IpText.Read(line[words[2]], address);
        return addressLength == expected && IpText.Read(line[words[3]], destination) == expected && IsPort(line[words[4]]) && IsPort(line[words[5]]);
    }

    private static bool IsPort(ReadOnlySpan<byte> word) => word.Length is > 0 and <= 5
        && !word.ContainsAnyExceptInRange((byte)'0', (byte)'9')
        && (word.Length == 1 || word[0] != (byte)'0')
        && Utf8Parser.TryParse(word, out uint port, out _) && port <= IPEndPoint.MaxPort;
}
