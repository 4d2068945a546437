using Keker.Protocol.Commands;
using Keker.Protocol.Sse;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.FanOut;

/// <summary>
/// The events of a stream with several subscriptions. The id of each says where the stream stands in all of them, which is different for every session, so
/// they are built for one session alone. What is large is shared all the same: only the line with the id is the session's own then.
/// </summary>
/// <remarks>For the owner of the session's gate, under which alone the cursors move: everything before them has gone out.</remarks>
/// <param name="members">The subscriptions in the order of the list.</param>
internal sealed class ListedEvents(Subscription[] members)
{
    /// <summary>The publications from a member's cursor on, as the session gets them.</summary>
    /// <param name="member">The member.</param>
    /// <param name="before">Where they end at the latest.</param>
    /// <returns>Null when the member was overtaken.</returns>
    public Batch? Read(Subscription member, long before)
    {
        var batch = new Batch();
        batch.Begin(member.Cursor, Variant.EventWithoutId, member.Topic, member.KeptEnd, member.TellsLosses);
        if (!member.Topic.TryRead(member.Cursor, before, batch))
            return null;

        // Where something is missing the member goes on there first, and that has an id of its own.
        if (batch.Start == member.Cursor)
            batch.Encode(this, member);
        return batch;
    }

    /// <summary>A publication as an event.</summary>
    public byte[] Event(Subscription member, long offset, Publication publication)
    {
        Span<byte> id = stackalloc byte[EventIdList.MaxLength(members.Length)];
        return PublicationFrames.BuildEvent(member.Topic, id[..WriteId(id, member, offset + 1)], publication);
    }

    /// <summary>What stands before the rest of an event.</summary>
    public byte[] IdLine(Subscription member, long place)
    {
        Span<byte> id = stackalloc byte[EventIdList.MaxLength(members.Length)];
        return [.. "id: "u8, .. id[..WriteId(id, member, place)], .. "\n"u8];
    }

    /// <summary>Says that messages of a topic are gone for good.</summary>
    /// <param name="member">The session in the topic.</param>
    /// <param name="from">The last message that the client has.</param>
    /// <param name="to">The message after which it goes on.</param>
    public byte[] Gap(Subscription member, MessageId from, MessageId to)
    {
        Span<byte> id = stackalloc byte[EventIdList.MaxLength(members.Length)];
        return Gap(member.Topic, id[..WriteId(id, member, to.Offset)], from, to);
    }

    /// <summary>
    /// How the stream begins: with a gap for each subscription that has one, else with an id. A gap that is not told yet is one in the ids before it, too: a
    /// client that gets only the first of them and comes back is told the others.
    /// </summary>
    /// <param name="resumes">What the client has of each; null where it says nothing.</param>
    public byte[] Opening(ReadOnlySpan<ResumePoint?> resumes)
    {
        Span<MessageId> places = stackalloc MessageId[members.Length];
        for (int i = 0; i < members.Length; i++)
            places[i] = resumes[i] is { IsGap: true } gap ? gap.After : PlaceOf(members[i]);
        List<byte> opening = [];
        Span<byte> id = stackalloc byte[EventIdList.MaxLength(members.Length)];
        for (int i = 0; i < members.Length; i++)
        {
            if (resumes[i] is not { IsGap: true } gap)
                continue;
            places[i] = PlaceOf(members[i]);
            opening.AddRange(Gap(members[i].Topic, id[..EventIdList.Write(id, places)], gap.After, places[i]));
        }
        if (opening.Count == 0)
            opening.AddRange([.. "id: "u8, .. id[..EventIdList.Write(id, places)], .. "\n\n"u8]);
        return [.. opening];
    }

    private static byte[] Gap(Topic topic, ReadOnlySpan<byte> id, MessageId from, MessageId to)
    {
        Span<byte> data = stackalloc byte[EventIdList.MaxLength(2)];
        int length = EventIdList.Write(data, from);
        data[length++] = (byte)' ';
        length += EventIdList.Write(data[length..], to);
        return PublicationFrames.GapEvent(topic, id, data[..length]);
    }

    private int WriteId(Span<byte> destination, Subscription current, long place)
    {
        Span<MessageId> places = stackalloc MessageId[members.Length];
        for (int i = 0; i < members.Length; i++)
            places[i] = members[i] == current ? new MessageId(current.Topic.Epoch, place) : PlaceOf(members[i]);
        return EventIdList.Write(destination, places);
    }

    private static MessageId PlaceOf(Subscription member) => new(member.Topic.Epoch, member.Cursor);
}
