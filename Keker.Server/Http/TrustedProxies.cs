using Keker.Protocol.Http;
using Keker.Protocol.Proxy;
using Keker.Server.Net;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>Tells the client's address from what proxies have noted in a request. Only those that are trusted are believed, and nothing is guessed. Stateless, thread-safe.</summary>
internal sealed class TrustedProxies(TrustedNetworks networks)
{
    /// <summary>Whether a connection comes from a proxy that is trusted.</summary>
    public bool IsTrusted(Connection connection)
    {
        if (networks.IsEmpty)
            return false;
        Span<byte> address = stackalloc byte[ProxyHeader.AddressBytes];
        return networks.Contain(address[..connection.WriteAddress(address)]);
    }

    /// <summary>
    /// The client's address: the last in <c>X-Forwarded-For</c> or <c>Forwarded</c> that is not a trusted proxy's. Where both are there and differ, one of them is
    /// the client's own, who could say anything, and neither is believed.
    /// </summary>
    /// <param name="connection">Where the request came from.</param>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <param name="isContradictory">True where both are there and differ.</param>
    /// <returns>4 or 16 bytes as they are on the wire; null where nothing else is known than who is connected.</returns>
    public byte[]? FindClient(Connection connection, RequestHead head, ReadOnlySpan<byte> bytes, out bool isContradictory)
    {
        isContradictory = false;
        if (!IsTrusted(connection))
            return null;
        byte[]? told = Find(head, bytes, "x-forwarded-for"u8, hasParameters: false, out bool isTold);
        byte[]? forwarded = Find(head, bytes, "forwarded"u8, hasParameters: true, out bool isForwarded);
        isContradictory = isTold && isForwarded && (told is null || forwarded is null || !told.AsSpan().SequenceEqual(forwarded));
        return isContradictory ? null : told ?? forwarded;
    }

    /// <summary>Who sent a request, as <see cref="AddressKey"/> counts it; null where nothing is known.</summary>
    /// <inheritdoc cref="FindClient"/>
    public ulong? FindAddress(Connection connection, RequestHead head, ReadOnlySpan<byte> bytes) =>
        FindClient(connection, head, bytes, out _) is { } client ? AddressKey.Of(client) : AddressKey.Of(connection);

    /// <summary>The fields of one name are one list (RFC 9110 5.3), the last of them first here.</summary>
    private byte[]? Find(RequestHead head, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name, bool hasParameters, out bool isThere)
    {
        isThere = false;
        byte[]? nearest = null;
        Span<byte> address = stackalloc byte[ProxyHeader.AddressBytes];
        for (int i = head.FieldCount - 1; i >= 0; i--)
        {
            if (!System.Text.Ascii.EqualsIgnoreCase(head.NameAt(i).In(bytes), name))
                continue;
            isThere = true;
            ReadOnlySpan<byte> value = head.ValueAt(i).In(bytes);
            ForwardedList list = hasParameters ? ForwardedList.OfForwarded(value) : ForwardedList.OfXForwardedFor(value);
            while (list.TryReadLast(address, out int length))
            {
                if (length == 0)
                    return nearest;
                nearest = address[..length].ToArray();
                if (!networks.Contain(nearest))
                    return nearest;
            }
        }
        return nearest;
    }
}
