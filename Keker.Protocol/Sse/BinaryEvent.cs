using System.Buffers.Text;
using Keker.Protocol.Http;

namespace Keker.Protocol.Sse;

/// <summary>
/// An event whose data is not text: an event stream is UTF-8, so the bytes go as base64 (RFC 4648, section 4) on one line, in an event of
/// the type <c>binary</c>, by which the client knows. Stateless, thread-safe.
/// </summary>
public static class BinaryEvent
{
    /// <summary>The event's type.</summary>
    public static ReadOnlySpan<byte> Name => "binary"u8;

    private static ReadOnlySpan<byte> DataField => "data: "u8;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    /// <param name="id">The last event id, without line breaks and NUL; empty leaves the client's as it is.</param>
    /// <param name="payloadLength">Bytes of the data, 0 or more.</param>
    public static long Length(ReadOnlySpan<byte> id, int payloadLength) =>
        EventFields.Length(id, Name) + DataField.Length + (payloadLength + 2L) / 3 * 4 + 2;

    /// <summary>Writes the event.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="id">The last event id, without line breaks and NUL; empty leaves the client's as it is.</param>
    /// <param name="payload">The data.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The destination is too short.</exception>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> id, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Length(id, payload.Length), nameof(destination));
        SpanWriter writer = new(destination);
        EventFields.Write(ref writer, id, Name);
        writer.Append(DataField);
        Base64.EncodeToUtf8(payload, writer.Free, out _, out int written);
        writer.Advance(written);
        writer.Append("\n\n"u8);
        return writer.Length;
    }
}
