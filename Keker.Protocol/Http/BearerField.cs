using System.Text;

namespace Keker.Protocol.Http;

/// <summary>What a request shows as <c>Authorization: Bearer</c> (RFC 6750 2.1). Stateless, thread-safe.</summary>
public static class BearerField
{
    private static ReadOnlySpan<byte> Scheme => "Bearer "u8;

    /// <summary>Finds it.</summary>
    /// <param name="head">A complete head.</param>
    /// <param name="bytes">The bytes it was parsed from.</param>
    /// <returns>Empty where there is none, another scheme, or more than one field: nobody knows then which one counts.</returns>
    public static ReadOnlySpan<byte> Find(RequestHead head, ReadOnlySpan<byte> bytes)
    {
        if (head.Count(bytes, "authorization"u8) != 1 || !head.TryGet(bytes, "authorization"u8, out Slice slice))
            return default;
        ReadOnlySpan<byte> credentials = slice.In(bytes);
        if (credentials.Length < Scheme.Length || !Ascii.EqualsIgnoreCase(credentials[..Scheme.Length], Scheme))
            return default;
        return credentials[Scheme.Length..].TrimStart((byte)' ');
    }
}
