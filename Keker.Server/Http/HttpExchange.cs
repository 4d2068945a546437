using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Broker;
using Keker.Server.Net;
using Keker.Server.Options;
using Microsoft.Extensions.ObjectPool;

namespace Keker.Server.Http;

/// <summary>
/// Everything an HTTP connection needs while it is busy: the request under way and the answers not sent yet. Pooled: an idle
/// keep-alive connection holds none.
/// </summary>
/// <remarks>Not thread-safe: it belongs to one connection at a time, from the first byte of a request until all is answered.</remarks>
internal sealed class HttpExchange : IResettable
{
    private readonly byte[] _token = new byte[Limits.TokenBytes];
    private byte[] _date = [];
    private int _tokenLength;

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
    public ArrayBufferWriter<byte>? ChunkedBody { get; set; }

    /// <summary>True once a 100 was sent for the request under way.</summary>
    public bool SaidContinue { get; set; }

    /// <summary>The recipient that the request names.</summary>
    public ReadOnlySpan<byte> Token => _token.AsSpan(0, _tokenLength);

    /// <summary>True when the publisher declared its body to be bytes.</summary>
    public bool IsBinary { get; set; }

    /// <summary>The message under way, while it waits for room.</summary>
    public Publication? Publication { get; set; }

    /// <summary>The topic that has no room for it.</summary>
    public Topic? FullTopic { get; set; }

    /// <summary>True when no further request is read: asked for, an error, or draining.</summary>
    public bool Closing { get; set; }

    /// <summary>True when the connection has become a WebSocket.</summary>
    public bool Upgraded { get; set; }

    /// <summary>Requests answered since the answers were last sent.</summary>
    public int Answered { get; private set; }

    /// <summary>True when the request announces bytes that nobody has read.</summary>
    public bool HasUnreadBody => Publication is null && (Head.BodyKind == BodyKind.Chunked || Head.ContentLength > 0);

    public ReadOnlySpan<byte> Date => _date;

    public void Begin(Connection connection, byte[] date)
    {
        Connection = connection;
        _date = date;
    }

    /// <param name="token">At most <see cref="Limits.TokenBytes"/> bytes; copied, since the head is gone once the body is read.</param>
    public void SetToken(ReadOnlySpan<byte> token)
    {
        token.CopyTo(_token);
        _tokenLength = token.Length;
    }

    /// <summary>The variable headers of the answer under way.</summary>
    public ResponseHeaders Headers(int retryAfterSeconds = 0, ReadOnlySpan<byte> allow = default, bool offerWebSocket = false) => new()
    {
        Date = _date,
        Connection = Closing ? ConnectionHeader.Close : ResponseHeaders.ConnectionFor(Head),
        OmitBody = Head.Method == RequestMethod.Head,
        RetryAfterSeconds = retryAfterSeconds,
        Allow = allow,
        OfferWebSocket = offerWebSocket,
    };

    /// <summary>Forgets the request; its answer is written.</summary>
    public void EndRequest()
    {
        Answered++;
        Closing |= !Head.KeepAlive;
        Head.Reset();
        Endpoint = null;
        ChunkedBody = null;
        SaidContinue = false;
        IsBinary = false;
        Publication = null;
        _tokenLength = 0;
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
        Endpoint = null;
        ChunkedBody = null;
        SaidContinue = false;
        IsBinary = false;
        Publication = null;
        FullTopic = null;
        Closing = false;
        Upgraded = false;
        Connection = null!;
        _tokenLength = 0;
        return true;
    }
}
