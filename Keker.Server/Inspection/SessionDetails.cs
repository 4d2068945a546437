using System.Buffers;
using System.Text.Json;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Presence;

namespace Keker.Server.Inspection;

/// <summary>
/// Writes <c>{"topic":{...},"sessions":[...],"more","now"}</c>: a token or topic and its sessions, the latest first, as many as people read; of one session where
/// it stands.
/// </summary>
/// <param name="query">Whose sessions.</param>
/// <param name="context">Where they are.</param>
internal sealed class SessionDetails(SessionQuery query, BrokerContext context) : ILongAnswer
{
    /// <summary>Sessions that are told of.</summary>
    public const int Most = 200;

    private const int Step = 64;

    private readonly Utf8JsonWriter _json = new(Stream.Null);
    private readonly SessionWriter _writer = new(context);
    private readonly ArrayBufferWriter<byte> _sessions = new();
    private readonly Subscription?[] _members = new Subscription?[Step];
    private readonly Topic? _topic = query.Find(context);
    private MemberScan? _scan;
    private int _count;
    private bool _hasMore;

    /// <summary>Members that may have to be visited.</summary>
    public int Members => _topic?.MemberCount ?? 0;

    public bool TryWrite(IBufferWriter<byte> output)
    {
        if (_topic is not null && !_hasMore && (query.Id is null || _count == 0))
        {
            _scan ??= new MemberScan(_topic);
            int read = _scan.Read(_members);
            foreach (Subscription? member in _members.AsSpan(0, read))
                Visit(member!);
            Array.Clear(_members);
            if (read > 0)
                return true;
        }
        WriteAll(output);
        return false;
    }

    public void Dispose()
    {
        _scan?.Dispose();
        _json.Dispose();
    }

    private void Visit(Subscription member)
    {
        if (member.HasLeft || !query.Names(member.Session))
            return;
        _hasMore = _count == Most;
        if (_hasMore)
            return;
        if (_count++ > 0)
            _sessions.Write(","u8);
        _json.Reset(_sessions);
        _json.WriteStartObject();
        _writer.Write(_json, member.Session);
        _json.WriteNumber("lag"u8, Math.Max(0, member.Topic.Head - member.Cursor));
        if (query.Id is not null)
            WriteLife(member.Session);
        _json.WriteEndObject();
        _json.Flush();
    }

    private void WriteLife(Session session)
    {
        // Before the first ping the time is one before the start.
        WriteMoment("pingedAt"u8, session.LatestPing == 0 ? null : session.PingedAt);
        WriteMoment("unansweredSince"u8, session.UnansweredSince);
        _json.WriteNumber("unacknowledgedBytes"u8, Math.Max(0, session.SentBytes - session.AcknowledgedBytes));
        if (session.CloseRequested is { } close)
            _json.WriteString("closing"u8, $"{close.Code}");
        else
            _json.WriteNull("closing"u8);
        _json.WriteStartArray("subscriptions"u8);
        foreach (Subscription member in session.Subscriptions())
            Write(member);
        _json.WriteEndArray();
    }

    private void Write(Subscription member)
    {
        SubscriptionFigures figures = SubscriptionFigures.Of(member);
        _json.WriteStartObject();
        _json.WriteString("kind"u8, member.Topic.Kind switch { TopicKind.Token => "token"u8, TopicKind.Named => "topic"u8, _ => "broadcast"u8 });
        _json.WriteString("name"u8, member.Topic.Name);
        _json.WriteNumber("cursor"u8, figures.Cursor);
        if (figures.Confirmed is { } confirmed)
            _json.WriteNumber("confirmed"u8, confirmed);
        else
            _json.WriteNull("confirmed"u8);
        _json.WriteNumber("head"u8, figures.Head);
        _json.WriteNumber("lag"u8, figures.Lag);
        _json.WriteNumber("lagBytes"u8, figures.LagBytes);
        _json.WriteEndObject();
    }

    private void WriteMoment(ReadOnlySpan<byte> name, long? moment)
    {
        if (moment is { } at)
            _json.WriteNumber(name, context.Clock.ToUnixSeconds(at));
        else
            _json.WriteNull(name);
    }

    private void WriteAll(IBufferWriter<byte> output)
    {
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WritePropertyName("topic"u8);
        if (_topic is null)
            _json.WriteNullValue();
        else
            TopicWriter.Write(_json, _topic);
        _json.WritePropertyName("sessions"u8);
        _json.WriteRawValue([.. "["u8, .. _sessions.WrittenSpan, .. "]"u8], skipInputValidation: true);
        _json.WriteBoolean("more"u8, _hasMore);
        _json.WriteNumber("now"u8, context.Clock.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
        _json.WriteEndObject();
        _json.Flush();
    }
}
