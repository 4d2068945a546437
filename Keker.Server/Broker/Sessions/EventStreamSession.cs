using System.Text;
using Keker.Protocol.Commands;
using Keker.Protocol.Sse;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.Sessions;

/// <summary>
/// The sending side of an event stream of one subscription. Such a client proves nothing: no pong confirms what has arrived. What was sent is kept for
/// the time of the cache instead, and counts as arrived after that where its machine has acknowledged it: a network that fell silent acknowledges nothing.
/// </summary>
/// <remarks>Thread-safe, as every session.</remarks>
internal class EventStreamSession : Session
{
    /// <summary>The cursors are still to be noted.</summary>
    private const long NotNoted = -1;

    /// <summary>Milliseconds after which a client comes back whose stream broke: at random in between, so that not all come at once.</summary>
    private const int ShortestRetry = 1000;
    private const int LongestRetry = 2000;

    /// <summary>The same for one that was sent away with all the others.</summary>
    private const int LongestRetryAtClose = 5000;

    /// <summary>Says that it ends because its right does: the client needs a fresh token.</summary>
    private static readonly byte[] Expired = ExpiredEvent("the token has expired: get a fresh one"u8);

    private readonly ResumePoint? _resume;
    private byte[]? _head;
    private byte[]? _opening;
    private bool _keepAliveDue;
    private long _notedAt = NotNoted;
    private long _notedBytes;

    /// <param name="transport">The way to the client.</param>
    /// <param name="context">What all sessions share.</param>
    /// <param name="resume">What the client says that it has; null for one that says nothing.</param>
    public EventStreamSession(ISessionTransport transport, BrokerContext context, ResumePoint? resume = null)
        : base(transport, context)
    {
        _resume = resume;
        Variant = Variant.EventStream;
    }

    public override bool IsTracked => true;

    /// <summary>The head of the answer, which goes out before all else.</summary>
    public byte[] Head
    {
        init => _head = value;
    }

    /// <summary>Sends the head. Once it is a member: who has the head misses nothing from then on.</summary>
    public void SendHead() => Wake();

    /// <summary>Where the stream begins goes out before its messages, so that a client that comes back before it got any has an id, too.</summary>
    public override void Deliver(Subscription member)
    {
        if (member.Topic.Kind != TopicKind.Broadcast)
            Open(Opening(member));
        Start(member);
    }

    /// <summary>Says what goes out before all messages. Browsers differ in how long they wait by themselves, and the longest wait is longer than what was sent is kept.</summary>
    /// <param name="opening">Where the stream begins.</param>
    protected void Open(ReadOnlySpan<byte> opening)
    {
        byte[] retry = Encoding.ASCII.GetBytes($"retry: {Random.Shared.Next(ShortestRetry, LongestRetry + 1)}\n");
        Volatile.Write(ref _opening, [.. retry, .. opening]);
    }

    /// <summary>Lets a member have its messages.</summary>
    protected void Start(Subscription member) => base.Deliver(member);

    /// <summary>Sends a comment, for proxies to see that the connection lives.</summary>
    public void SendKeepAlive()
    {
        Volatile.Write(ref _keepAliveDue, true);
        Wake();
    }

    /// <summary>What was sent the time of the cache ago, and was acknowledged, counts as arrived. The heartbeat calls it.</summary>
    public void ConfirmOld(long now)
    {
        long notedAt = Volatile.Read(ref _notedAt);
        if (notedAt == NotNoted || now - notedAt < Context.Limits.Cache.TotalMilliseconds || AcknowledgedBytes < Volatile.Read(ref _notedBytes))
            return;
        Topics.Confirm();
        Topics.Release();
        Volatile.Write(ref _notedAt, NotNoted);
        Wake();
    }

    protected override bool TrySendControl(out bool anySent)
    {
        // Here a frame ends: up to the cursors all is sent.
        if (Volatile.Read(ref _notedAt) == NotNoted)
        {
            Topics.MarkPinged();
            Volatile.Write(ref _notedBytes, SentBytes);
            Volatile.Write(ref _notedAt, Context.Clock.Now);
        }
        anySent = true;
        if (Interlocked.Exchange(ref _head, null) is { } head)
            return TrySendFrame(head, isClose: false);
        if (Interlocked.Exchange(ref _opening, null) is { } opening)
            return TrySendFrame(opening, isClose: false);
        if (Interlocked.Exchange(ref _keepAliveDue, false))
            return TrySendFrame(StreamLines.KeepAlive, isClose: false);
        anySent = false;
        return true;
    }

    /// <summary>An event stream has no closing handshake; it tells the client when to come back, and ends.</summary>
    protected override bool TrySendClose(CloseRequest close)
    {
        Span<byte> line = stackalloc byte[StreamLines.MaxRetryLength];
        int length = StreamLines.WriteRetry(line, Random.Shared.Next(ShortestRetry, LongestRetryAtClose + 1));
        byte[] expired = close.Code == CloseCode.Unauthorized ? Expired : [];
        return TrySendFrame([.. Interlocked.Exchange(ref _head, null) ?? [], .. expired, .. line[..length]], isClose: true);
    }

    /// <summary>The end of the connection is the end of the stream; there is nothing to answer.</summary>
    protected override void EndedSending() => FinishSending();

    private static byte[] ExpiredEvent(ReadOnlySpan<byte> text)
    {
        byte[] frame = new byte[TextEvent.Length(id: default, EventType.Expired, text)];
        TextEvent.Write(frame, id: default, EventType.Expired, text);
        return frame;
    }

    private byte[] Opening(Subscription member)
    {
        var start = new MessageId(member.Topic.Epoch, member.Cursor);
        if (_resume is { IsGap: true })
            return PublicationFrames.Gap(Variant, member.Topic, _resume.After, start);
        Span<byte> id = stackalloc byte[MessageId.MaxLength];
        return [.. "id: "u8, .. id[..start.Write(id)], .. "\n\n"u8];
    }
}
