using System.Text;
using Keker.Protocol.Http;
using Keker.Server.Net;

namespace Keker.Server.Http.Endpoints;

/// <summary>
/// What tells the clients of one token apart when they come back: a hash of the peer's address and of the fields that a browser sends of itself,
/// as sent. Stateless, thread-safe.
/// </summary>
/// <remarks>Nobody gains by a collision: a mark is compared only among those that say the same AUTH_INFO.</remarks>
internal static class ClientMark
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const int AddressBytes = 16;

    /// <summary>The mark of whoever sent a request.</summary>
    /// <param name="connection">Where it came from.</param>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The peer is gone.</exception>
    public static ulong Of(Connection connection, RequestHead head, ReadOnlySpan<byte> bytes)
    {
        Span<byte> address = stackalloc byte[AddressBytes];
        ulong mark = Mix(OffsetBasis, 'a', address[..connection.WriteAddress(address)]);
        for (int i = 0; i < head.FieldCount; i++)
        {
            if (LetterOf(head.NameAt(i).In(bytes)) is var letter and not '\0')
                mark = Mix(mark, letter, head.ValueAt(i).In(bytes));
        }
        return mark;
    }

    /// <summary>Stands for the field, so that the same value of another one makes another mark; nothing for those that do not count.</summary>
    private static char LetterOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        6 when Ascii.EqualsIgnoreCase(name, "origin"u8) => 'o',
        9 when Ascii.EqualsIgnoreCase(name, "forwarded"u8) => 'f',
        10 when Ascii.EqualsIgnoreCase(name, "user-agent"u8) => 'u',
        15 when Ascii.EqualsIgnoreCase(name, "x-forwarded-for"u8) => 'x',
        15 when Ascii.EqualsIgnoreCase(name, "accept-language"u8) => 'l',
        _ => '\0',
    };

    /// <summary>FNV-1a over the letter, the length and the value.</summary>
    private static ulong Mix(ulong mark, char letter, ReadOnlySpan<byte> value)
    {
        mark = (mark ^ letter) * Prime;
        mark = (mark ^ (uint)value.Length) * Prime;
        foreach (byte b in value)
            mark = (mark ^ b) * Prime;
        return mark;
    }
}
