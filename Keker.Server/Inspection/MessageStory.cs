using System.Text.Json;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Presence;

namespace Keker.Server.Inspection;

/// <summary>What has become of a message in one topic: at each session, for those that are away, and for those to come.</summary>
internal sealed class MessageStory : IDisposable
{
    /// <summary>Sessions and clients that are told of, those first that have not confirmed; the others are counted.</summary>
    public const int Most = 100;

    /// <summary>Members that are looked at before others get their turn.</summary>
    private const int Step = 256;

    private readonly LoggedMessage _message;
    private readonly BrokerContext _context;
    private readonly MemberScan _scan;
    private readonly SessionWriter _writer;
    private readonly Subscription?[] _members = new Subscription?[Step];
    private readonly List<(Session Session, MessageState State)> _owed = [];
    private readonly List<(Session Session, MessageState State)> _others = [];
    private readonly int[] _counts = new int[Enum.GetValues<MessageState>().Length];

    private MessageStory(LoggedMessage message, BrokerContext context)
    {
        _message = message;
        _context = context;
        _scan = new MemberScan(message.Topic);
        _writer = new SessionWriter(context);
    }

    /// <returns>Null when the message is not there any more.</returns>
    public static MessageStory? TryBegin(Topic topic, long offset, BrokerContext context) =>
        LoggedMessage.Find(topic, offset, context, Most) is { } message ? new MessageStory(message, context) : null;

    /// <summary>Looks at the next members.</summary>
    /// <returns>False when there are no more.</returns>
    public bool LookOn()
    {
        int read = _scan.Read(_members);
        foreach (Subscription? member in _members.AsSpan(0, read))
        {
            // Who only looks on proves nothing, and is owed nothing.
            if (!member!.HasLeft && member.Session.IsTracked)
                Take(member.Session, _message.At(member));
        }
        Array.Clear(_members);
        return read > 0;
    }

    /// <summary>Writes an object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        Publication publication = _message.Publication;
        json.WriteStartObject();
        TopicWriter.WriteName(json, _message.Topic);
        json.WriteString("id"u8, TopicWriter.IdOf(_message.Topic, _message.Offset + 1));
        SessionWriter.WriteText(json, "key"u8, publication.Key);

        // Of what has waited it is the moment at which somebody came for it: the log goes by that.
        json.WriteNumber("accepted"u8, _context.Clock.ToUnixSeconds(publication.AcceptedAt));
        json.WriteNumber("bytes"u8, publication.Payload.Length);
        json.WriteBoolean("isText"u8, publication.OpCode == OpCode.Text);
        WriteMoment(json, "expires"u8, publication.HasOwnTime ? publication.ExpiresAt : null);
        json.WriteBoolean("isKept"u8, _message.IsKept);
        json.WriteBoolean("waits"u8, _message.WaitsUntil is not null);
        WriteMoment(json, "waitsUntil"u8, _message.WaitsUntil);
        json.WriteStartObject("sessions"u8);
        foreach (MessageState state in Enum.GetValues<MessageState>())
            json.WriteNumber(NameOf(state), _counts[(int)state]);
        json.WriteEndObject();
        json.WriteNumber("away"u8, _message.AwayCount);
        json.WriteStartArray("list"u8);
        int left = WriteSessions(json, _owed, Most);
        foreach (AwayClient client in _message.Away.Take(left))
            Write(json, client);
        WriteSessions(json, _others, left - Math.Min(left, _message.Away.Length));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void Dispose() => _scan.Dispose();

    private void Take(Session session, MessageState state)
    {
        _counts[(int)state]++;
        List<(Session, MessageState)> list = state is MessageState.UnderWay or MessageState.NotSent or MessageState.Skipped ? _owed : _others;
        if (list.Count < Most)
            list.Add((session, state));
    }

    private int WriteSessions(Utf8JsonWriter json, List<(Session Session, MessageState State)> sessions, int most)
    {
        foreach ((Session session, MessageState state) in sessions.Take(most))
        {
            json.WriteStartObject();
            json.WriteString("state"u8, NameOf(state));
            if (_message.Topic.Kind == TopicKind.Named)
                json.WriteString("topic"u8, _message.Topic.Name);
            _writer.Write(json, session);
            json.WriteEndObject();
        }
        return most - Math.Min(most, sessions.Count);
    }

    private void Write(Utf8JsonWriter json, AwayClient client)
    {
        json.WriteStartObject();
        json.WriteString("state"u8, "away"u8);
        SessionWriter.WriteText(json, "token"u8, client.Token.Length > 0 ? client.Token : null);
        WriteMoment(json, "until"u8, client.Until);
        json.WriteEndObject();
    }

    private void WriteMoment(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? moment)
    {
        if (moment is { } at)
            json.WriteNumber(name, _context.Clock.ToUnixSeconds(at));
        else
            json.WriteNull(name);
    }

    private static ReadOnlySpan<byte> NameOf(MessageState state) => state switch
    {
        MessageState.Confirmed => "confirmed"u8,
        MessageState.UnderWay => "underWay"u8,
        MessageState.NotSent => "notSent"u8,
        MessageState.Skipped => "skipped"u8,
        _ => "later"u8,
    };
}
