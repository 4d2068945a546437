using System.Globalization;

namespace Keker.Protocol.Http;

/// <summary>The date format of HTTP, IMF-fixdate: <c>Sun, 06 Nov 1994 08:49:37 GMT</c> (RFC 9110, section 5.6.7).</summary>
public static class HttpDate
{
    /// <summary>Bytes of a date.</summary>
    public const int Length = 29;

    /// <summary>Writes the moment, converted to UTC and cut to whole seconds, without allocating.</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <returns><see cref="Length"/>.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Format(DateTimeOffset moment, Span<byte> destination)
    {
        if (!moment.TryFormat(destination, out int written, "r", CultureInfo.InvariantCulture))
            throw new ArgumentException("An HTTP date needs 29 bytes.", nameof(destination));
        return written;
    }
}
