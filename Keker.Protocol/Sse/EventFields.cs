using Keker.Protocol.Http;

namespace Keker.Protocol.Sse;

/// <summary>The fields before the data of an event.</summary>
internal static class EventFields
{
    private static ReadOnlySpan<byte> Id => "id: "u8;

    private static ReadOnlySpan<byte> Event => "event: "u8;

    public static int Length(ReadOnlySpan<byte> id, ReadOnlySpan<byte> name) =>
        (id.IsEmpty ? 0 : Id.Length + id.Length + 1) + (name.IsEmpty ? 0 : Event.Length + name.Length + 1);

    public static void Write(ref SpanWriter writer, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        Append(ref writer, Id, id);
        Append(ref writer, Event, name);
    }

    private static void Append(ref SpanWriter writer, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return;
        writer.Append(field);
        writer.Append(value);
        writer.Append("\n"u8);
    }
}
