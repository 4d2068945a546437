using System.Buffers.Text;
using Keker.Protocol.Http;

namespace Keker.Protocol.Sse;

/// <summary>
/// An event whose data is not text: an event stream is UTF-8, so the bytes go as base64 (RFC 4648, section 4) on one line, in an event of
/// a type of its own, by which the client knows. Stateless, thread-safe.
/// </summary>
public static class BinaryEvent
{
    private static ReadOnlySpan<byte> DataField => "data: "u8;

    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    /// <param name="id">The last event id, without line breaks and NUL; empty leaves the client's as it is.</param>
    /// <param name="name">The event's type, without line breaks.</param>
    /// <param name="payloadLength">Bytes of the data, 0 or more.</param>
    public static long Length(ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, int payloadLength) =>
        EventFields.Length(id, name) + DataField.Length + (payloadLength + 2L) / 3 * 4 + 2;

    /// <summary>Writes the event.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="id">The last event id, without line breaks and NUL; empty leaves the client's as it is.</param>
    /// <param name="name">The event's type, without line breaks.</param>
    /// <param name="payload">The data.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The destination is too short.</exception>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Length(id, name, payload.Length), nameof(destination));
        SpanWriter writer = new(destination);
        EventFields.Write(ref writer, id, name);
        writer.Append(DataField);
        Base64.EncodeToUtf8(payload, writer.Free, out _, out int written);
        writer.Advance(written);
        writer.Append("\n\n"u8);
        return writer.Length;
    }
}
