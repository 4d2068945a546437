using System.Buffers;
using Keker.Protocol.Http;
using Keker.Protocol.Json;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>A batch: how far its body is read, and its answer, which begins before the body has ended.</summary>
/// <remarks>Not thread-safe: it belongs to its <see cref="HttpExchange"/>, and is made for one request.</remarks>
internal sealed class BatchUnderWay(RequestHead head, int mostLineBytes)
{
    /// <summary>What has to arrive within the grace at the slowest rate, and so starts the time anew.</summary>
    private static readonly long EnoughBytes = (long)(Limits.BodyRateGrace.TotalSeconds * Limits.BodyMinimumBytesPerSecond);

    private readonly LineBuffer _lines = new(mostLineBytes);
    private readonly bool _isChunked = head.BodyKind == BodyKind.Chunked;
    private readonly bool _answersInChunks = head.IsHttp11;
    private ChunkedDecoder _chunks = new(long.MaxValue, head);
    private long _left = head.ContentLength;
    private long _arrived;
    private bool _hasBegun;

    /// <summary>The line under way, as it was understood.</summary>
    public BatchLine Line { get; set; } = new();

    /// <summary>Answers to lines that have no chunk yet.</summary>
    public AnswerBuffer Answers { get; } = new();

    /// <summary>Bytes held of a line that is not complete.</summary>
    public int HeldBytes => _lines.Length;

    /// <summary>True once there is an answer to a line: it is too late for another status than 200.</summary>
    public bool HasAnswered => _hasBegun || Answers.Length > 0;

    /// <summary>True once the body was read to its end.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Why the body is refused, where its chunks are broken.</summary>
    public HttpFailure Failure => _chunks.Failure;

    /// <summary>Whether the sender has done enough since the last time it was asked to have its time start anew.</summary>
    public bool TakeProgress()
    {
        bool isEnough = _arrived >= EnoughBytes;
        if (isEnough)
            _arrived = 0;
        return isEnough;
    }

    /// <summary>Reads up to the end of a line, and not further.</summary>
    /// <param name="input">What has arrived; what is read of it is taken off its front.</param>
    /// <param name="line">On Complete the line, valid until the next call.</param>
    /// <returns>NeedMore at the end of the input, at the end of the body, and where it is broken.</returns>
    public LineStatus ReadLine(ref ReadOnlySequence<byte> input, out ReadOnlySpan<byte> line)
    {
        LineStatus status = LineStatus.NeedMore;
        line = default;
        while (status == LineStatus.NeedMore && !IsOver && Failure == HttpFailure.None)
        {
            ReadOnlySpan<byte> piece = NextPiece(ref input, out bool isBodyOver);
            _arrived += piece.Length;
            status = _lines.Add(piece, out line);
            if (status != LineStatus.NeedMore)
                _arrived = EnoughBytes;
            else if (isBodyOver)
                (IsOver, status) = (true, _lines.End(out line));
            else if (piece.IsEmpty && input.IsEmpty)
                break;
        }
        return status;
    }

    /// <summary>Gives the answers to the lines so far a chunk of their own.</summary>
    public void Seal(HttpExchange exchange)
    {
        if (Answers.Length == 0)
            return;
        Begin(exchange);
        ReadOnlySpan<byte> lines = Answers.Bytes.Span;
        if (_answersInChunks)
        {
            exchange.Answers.Advance(ChunkWriter.WriteHeader(exchange.Answers.GetSpan(ChunkWriter.MaxHeaderLength), lines.Length));
            exchange.Answers.Write(lines);
            exchange.Answers.Write(ChunkWriter.End);
        }
        else
        {
            exchange.Answers.Write(lines);
        }
        Answers.Clear();
    }

    /// <summary>Ends the answer. Without chunks only the end of the connection does that.</summary>
    public void Finish(HttpExchange exchange)
    {
        Seal(exchange);
        Begin(exchange);
        if (_answersInChunks)
            exchange.Answers.Write(ChunkWriter.LastChunk);
        else
            exchange.Closing = true;
    }

    private void Begin(HttpExchange exchange)
    {
        if (_hasBegun)
            return;
        _hasBegun = true;
        ResponseHeaders headers = exchange.Headers() with { ContentType = BatchAnswers.ContentType };
        if (!_answersInChunks)
            headers = headers with { Connection = ConnectionHeader.Close };
        ResponseWriter.WriteStreamHead(exchange.Answers, _answersInChunks, headers);
    }

    /// <summary>Takes the framing off, and never reads past the end of a line: what follows stays where it is while the line waits.</summary>
    private ReadOnlySpan<byte> NextPiece(ref ReadOnlySequence<byte> input, out bool isBodyOver)
    {
        ReadOnlySpan<byte> piece = LineBuffer.FirstPiece(input.FirstSpan);
        int consumed;
        if (_isChunked)
        {
            isBodyOver = _chunks.Read(piece, out consumed, out piece) == ChunkStatus.Complete;
        }
        else
        {
            piece = piece[..(int)Math.Min(_left, piece.Length)];
            consumed = piece.Length;
            _left -= consumed;
            isBodyOver = _left == 0;
        }
        input = input.Slice(consumed);
        return piece;
    }
}
