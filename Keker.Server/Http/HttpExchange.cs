using Keker.Protocol.Http;
using Keker.Protocol.Tokens;
using Keker.Server.Access;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Topics;
using Keker.Server.Http.Endpoints;
using Keker.Server.Http.Publishing;
using Keker.Server.Net;
using Keker.Server.Options;
using Keker.Server.Rates;
using Microsoft.Extensions.ObjectPool;

namespace Keker.Server.Http;

/// <summary>
/// Everything an HTTP connection needs while it is busy: the request under way and the answers not sent yet. Pooled: an idle
/// keep-alive connection holds none.
/// </summary>
/// <remarks>Not thread-safe: it belongs to one connection at a time, from the first byte of a request until all is answered.</remarks>
internal sealed class HttpExchange : IResettable
{
    private DateHeader _date = null!;
    private AnswerSender _sender = null!;
    private byte[] _dateNow = [];
    private bool _isDeferred;

    /// <summary>The request under way.</summary>
    public RequestHead Head { get; } = new();

    /// <summary>Answers in the order of the requests.</summary>
    public AnswerBuffer Answers { get; } = new();

    /// <summary>Topics appended to and not flushed.</summary>
    public DirtyTopics Dirty { get; } = new();

    /// <summary>Where the requests came from.</summary>
    public Connection Connection => _sender.Connection;

    /// <summary>Who answers the request under way; null between requests and while its head is incomplete.</summary>
    public Endpoint? Endpoint { get; set; }

    /// <summary>The chunked body under way.</summary>
    public ChunkedDecoder Chunks;

    /// <summary>Decoded bytes of a chunked body.</summary>
    public ChunkedBody? ChunkedBody { get; set; }

    /// <summary>True when there was no memory for what has arrived: it is still in the input.</summary>
    public bool IsStarved { get; set; }

    /// <summary>True once a 100 was sent for the request under way.</summary>
    public bool SaidContinue { get; set; }

    /// <summary>True once the body of the request under way was read.</summary>
    public bool HasReadBody { get; set; }

    /// <summary>Lines that any answer to the request has, a refusal too, each with its CRLF; null for none.</summary>
    public byte[]? MoreLines { get; set; }

    /// <summary>What came out where the request under way shows a signed token in place of a key.</summary>
    public Decision? Publisher { get; set; }

    /// <summary>Set while that is being checked: the head is read again then.</summary>
    public Task<Decision>? AskedPublisher { get; set; }

    /// <summary>Whom the request under way may publish to; null for everybody.</summary>
    public PublishPatterns? MayPublish => Publisher?.Grant?.Publish;

    /// <summary>What the request under way publishes.</summary>
    public PublishState Message { get; private set; } = new();

    /// <summary>True when the message may not overtake one before it: it is published once that one is.</summary>
    public bool IsHeldUp { get; set; }

    /// <summary>The batch under way; null for any other request.</summary>
    public BatchState? Batch { get; set; }

    /// <summary>True when no further request is read: asked for, an error, or draining.</summary>
    public bool Closing { get; set; }

    /// <summary>Whether the connection has become a WebSocket, and which.</summary>
    public Upgrade Upgrade { get; set; }

    /// <summary>Requests that were answered, or whose answer is waited for, since the answers were last sent.</summary>
    public int Answered { get; private set; }

    /// <summary>Those of them whose answers are in <see cref="Answers"/>.</summary>
    public int UnsentAnswers { get; private set; }

    /// <summary>True when the answers have to leave before more is read.</summary>
    public bool HasEnough =>
        Answered >= Limits.PipelinedRequests || Answers.Length >= Limits.PipelinedAnswerBytes || Dirty.IsFull || _sender.IsFullWith(UnsentAnswers);

    /// <summary>True when the request announces bytes that nobody has read.</summary>
    public bool HasUnreadBody => !HasReadBody && (Head.BodyKind == BodyKind.Chunked || Head.ContentLength > 0);

    public ReadOnlySpan<byte> Date => _dateNow;

    /// <summary>Some more has arrived.</summary>
    /// <param name="sender">Sends the answers of the connection.</param>
    /// <param name="date">What Date says.</param>
    public void Begin(AnswerSender sender, DateHeader date)
    {
        IsStarved = false;
        _sender = sender;
        _date = date;
        _dateNow = date.Now;
    }

    /// <summary>How much the publisher may publish now; null where that is not counted.</summary>
    public PublishBucket? Bucket { get; set; }

    /// <summary>What holds the message up; null for nothing.</summary>
    public PendingAnswer? FindBefore() => _sender.FindBefore(Message.Request);

    /// <summary>The message waits. Its answer, or that of its line in a batch, gets its place; what follows is read meanwhile.</summary>
    /// <param name="room">What it waits for; null where it waits for confirmations only.</param>
    /// <param name="server">Where it is published.</param>
    public void Defer(ServerContext server, Task? room)
    {
        Batch?.SealBefore(this);
        PublishState message = Message;
        Message = new PublishState();
        var framing = new AnswerFraming(_date, Headers().Connection, Batch is { } batch ? batch.Framing : LineFraming.None);
        var pending = new PendingPublish(server, _sender, message, framing, room);
        _sender.Ring.Add(pending, Answers, UnsentAnswers);
        UnsentAnswers = 0;
        _isDeferred = Batch is null;
        pending.Start();
    }

    /// <summary>The variable headers of the answer under way.</summary>
    public ResponseHeaders Headers(int retryAfterSeconds = 0, ReadOnlySpan<byte> allow = default, bool offerWebSocket = false, int appliedWaitSeconds = 0) => new()
    {
        Date = _dateNow,
        Connection = Closing ? ConnectionHeader.Close : ResponseHeaders.ConnectionFor(Head),
        OmitBody = Head.Method == RequestMethod.Head,
        RetryAfterSeconds = retryAfterSeconds,
        Allow = allow,
        OfferWebSocket = offerWebSocket,
        AppliedWaitSeconds = appliedWaitSeconds,
        MoreLines = MoreLines,
    };

    /// <summary>Forgets the request; its answer is written.</summary>
    public void EndRequest()
    {
        Answered++;
        UnsentAnswers += _isDeferred ? 0 : 1;
        _isDeferred = false;
        Closing |= !Head.KeepAlive;
        Head.Reset();
        ForgetBody();
    }

    /// <summary>The answers are sent.</summary>
    public void AnswersSent()
    {
        Answers.Clear();
        Answered = 0;
        UnsentAnswers = 0;
    }

    public bool TryReset()
    {
        Head.Reset();
        AnswersSent();
        ForgetBody();
        Closing = false;
        Upgrade = default;
        AskedPublisher = null;
        _sender = null!;
        return true;
    }

    private void ForgetBody()
    {
        Endpoint = null;
        ChunkedBody?.Clear();
        ChunkedBody = null;
        SaidContinue = false;
        HasReadBody = false;
        MoreLines = null;
        Batch?.Clear();
        Batch = null;
        IsHeldUp = false;
        Publisher = null;
        Bucket = null;
        Message.Clear();
    }
}
