using Keker.Protocol.Commands;
using Keker.Protocol.Http;

namespace Keker.Protocol.Sse;

/// <summary>
/// The type of an event, by which a page listens: what it is, and for one of a topic by name also of which, <c>kind [ ":" topic ]</c>. Stateless, thread-safe.
/// </summary>
public static class EventType
{
    /// <summary>Longest type in bytes.</summary>
    public const int MaxLength = 8 + AuthInfo.MaxLength;

    /// <summary>Text.</summary>
    public static ReadOnlySpan<byte> Message => "message"u8;

    /// <summary>Bytes.</summary>
    public static ReadOnlySpan<byte> Binary => "binary"u8;

    /// <summary>Messages are gone for good.</summary>
    public static ReadOnlySpan<byte> Gap => "gap"u8;

    /// <summary>The right to this stream is over: it ends.</summary>
    public static ReadOnlySpan<byte> Expired => "expired"u8;

    /// <summary>Writes the type of an event of a topic by name.</summary>
    /// <param name="destination"><see cref="MaxLength"/> bytes always suffice.</param>
    /// <param name="kind">One of the above.</param>
    /// <param name="topic">A valid name.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> kind, ReadOnlySpan<byte> topic)
    {
        SpanWriter writer = new(destination);
        writer.Append(kind);
        writer.Append(":"u8);
        writer.Append(topic);
        return writer.Length;
    }
}
