using System.Net;

namespace Keker.Protocol.Proxy;

/// <summary>IP addresses as text, in the usual spellings only: four decimal numbers, or IPv6 (RFC 5952 and what it reads, RFC 4291 2.2) without a zone. Stateless, thread-safe.</summary>
public static class IpText
{
    private const int MostCharacters = 45;

    /// <summary>Reads an address.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">Gets it as it is on the wire; at least 16 bytes.</param>
    /// <returns>4 or 16; 0 where the text is no address.</returns>
    public static int Read(ReadOnlySpan<byte> text, Span<byte> address)
    {
        if (text.Length is 0 or > MostCharacters || text.Contains((byte)'%'))
            return 0;
        Span<char> characters = stackalloc char[MostCharacters];
        for (int i = 0; i < text.Length; i++)
            characters[i] = (char)text[i];
        if (!IPAddress.TryParse(characters[..text.Length], out IPAddress? ip) || !ip.TryWriteBytes(address, out int length))
            return 0;

        // The platform reads 1 and 0x7f.1 as well, and brackets around the other kind.
        bool isUsual = length == 16 ? text[0] != (byte)'[' : characters[..text.Length].SequenceEqual(ip.ToString());
        return isUsual ? length : 0;
    }
}
