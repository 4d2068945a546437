using Keker.Protocol.Http;

namespace Keker.Protocol.Sse;

/// <summary>
/// An event whose data is text (WHATWG HTML 9.2.5, 9.2.6), each part but the data lines left out when it is empty:
/// <code>
/// event = [ "id: " id LF ] [ "event: " name LF ] 1*( "data: " line LF ) LF
/// </code>
/// The text is split at LF, CRLF and CR, each of which arrives as LF: a stream cannot tell them apart. An empty text arrives as one.
/// Stateless, thread-safe.
/// </summary>
public static class TextEvent
{
    private static ReadOnlySpan<byte> DataField => "data: "u8;

    /// <summary>Bytes that <see cref="Write"/> writes; looks at the whole text.</summary>
    /// <param name="id">The last event id, without line breaks and NUL; empty leaves the client's as it is.</param>
    /// <param name="name">The event's type, without line breaks; empty for <c>message</c>.</param>
    /// <param name="text">The data, UTF-8.</param>
    public static long Length(ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        long length = EventFields.Length(id, name) + 1;
        bool more;
        do
        {
            more = TakeLine(ref text, out ReadOnlySpan<byte> line);
            length += DataField.Length + line.Length + 1;
        }
        while (more);
        return length;
    }

    /// <summary>Writes the event.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="id">The last event id, without line breaks and NUL; empty leaves the client's as it is.</param>
    /// <param name="name">The event's type, without line breaks; empty for <c>message</c>.</param>
    /// <param name="text">The data, UTF-8.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        SpanWriter writer = new(destination);
        EventFields.Write(ref writer, id, name);
        bool more;
        do
        {
            more = TakeLine(ref text, out ReadOnlySpan<byte> line);
            writer.Append(DataField);
            writer.Append(line);
            writer.Append("\n"u8);
        }
        while (more);
        writer.Append("\n"u8);
        return writer.Length;
    }

    /// <summary>Takes a line and what ends it; true if another one follows, which may be empty.</summary>
    private static bool TakeLine(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> line)
    {
        int end = text.IndexOfAny(HttpGrammar.LineFeed, HttpGrammar.CarriageReturn);
        if (end < 0)
        {
            line = text;
            return false;
        }
        line = text[..end];
        bool isPair = text[end] == HttpGrammar.CarriageReturn && end + 1 < text.Length && text[end + 1] == HttpGrammar.LineFeed;
        text = text[(end + (isPair ? 2 : 1))..];
        return true;
    }
}
