namespace Keker.Server.Net;

/// <summary>What the first bytes on a TLS port tell of a client. Stateless.</summary>
internal static class FirstBytes
{
    /// <summary>Enough for the longest method and the space behind it.</summary>
    public const int Needed = 8;

    /// <summary>Whether they are the beginning of an HTTP request: no TLS record begins with a letter.</summary>
    public static bool AreHttp(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty &&
        (IsBeginning(bytes, "GET "u8) || IsBeginning(bytes, "PUT "u8) || IsBeginning(bytes, "POST "u8) || IsBeginning(bytes, "HEAD "u8)
            || IsBeginning(bytes, "OPTIONS "u8) || IsBeginning(bytes, "DELETE "u8) || IsBeginning(bytes, "PATCH "u8)
            || IsBeginning(bytes, "CONNECT "u8) || IsBeginning(bytes, "TRACE "u8));

    private static bool IsBeginning(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> method)
    {
        int length = Math.Min(bytes.Length, method.Length);
        return bytes[..length].SequenceEqual(method[..length]);
    }
}
