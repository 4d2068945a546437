using Keker.Protocol.Http;
using Keker.Server.Broker;
using Keker.Server.Net;
using Microsoft.Extensions.ObjectPool;

namespace Keker.Server.Http;

/// <summary>
/// Everything an HTTP connection needs while it is busy: the request under way and the answers not sent yet. Pooled: an idle
/// keep-alive connection holds none.
/// </summary>
/// <remarks>Not thread-safe: it belongs to one connection at a time, from the first byte of a request until all is answered.</remarks>
internal sealed class HttpExchange : IResettable
{
    private byte[] _date = [];

    /// <summary>The request under way.</summary>
    public RequestHead Head { get; } = new();

    /// <summary>Answers in the order of the requests.</summary>
    public AnswerBuffer Answers { get; } = new();

    /// <summary>Topics appended to and not flushed.</summary>
    public DirtyTopics Dirty { get; } = new();

    /// <summary>Where the connection came from.</summary>
    public Connection Connection { get; private set; } = null!;

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

    /// <summary>What the request under way publishes.</summary>
    public MessageUnderWay Message { get; } = new();

    /// <summary>The batch under way; null for any other request.</summary>
    public BatchUnderWay? Batch { get; set; }

    /// <summary>True when no further request is read: asked for, an error, or draining.</summary>
    public bool Closing { get; set; }

    /// <summary>Whether the connection has become a WebSocket, and which.</summary>
    public Upgrade Upgrade { get; set; }

    /// <summary>Requests answered since the answers were last sent.</summary>
    public int Answered { get; private set; }

    /// <summary>True when the request announces bytes that nobody has read.</summary>
    public bool HasUnreadBody => !HasReadBody && (Head.BodyKind == BodyKind.Chunked || Head.ContentLength > 0);

    public ReadOnlySpan<byte> Date => _date;

    public void Begin(Connection connection, byte[] date)
    {
        IsStarved = false;
        Connection = connection;
        _date = date;
    }

    /// <summary>The variable headers of the answer under way.</summary>
    public ResponseHeaders Headers(int retryAfterSeconds = 0, ReadOnlySpan<byte> allow = default, bool offerWebSocket = false, int appliedWaitSeconds = 0) => new()
    {
        Date = _date,
        Connection = Closing ? ConnectionHeader.Close : ResponseHeaders.ConnectionFor(Head),
        OmitBody = Head.Method == RequestMethod.Head,
        RetryAfterSeconds = retryAfterSeconds,
        Allow = allow,
        OfferWebSocket = offerWebSocket,
        AppliedWaitSeconds = appliedWaitSeconds,
    };

    /// <summary>Forgets the request; its answer is written.</summary>
    public void EndRequest()
    {
        Answered++;
        Closing |= !Head.KeepAlive;
        Head.Reset();
        ForgetBody();
    }

    /// <summary>The answers are sent.</summary>
    public void AnswersSent()
    {
        Answers.Clear();
        Answered = 0;
    }

    public bool TryReset()
    {
        Head.Reset();
        AnswersSent();
        ForgetBody();
        Closing = false;
        Upgrade = default;
        Connection = null!;
        return true;
    }

    private void ForgetBody()
    {
        Endpoint = null;
        ChunkedBody?.Clear();
        ChunkedBody = null;
        SaidContinue = false;
        HasReadBody = false;
        Batch?.Clear();
        Batch = null;
        Message.Clear();
    }
}
