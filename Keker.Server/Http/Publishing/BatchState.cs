using System.Buffers;
using Keker.Protocol.Http;
using Keker.Protocol.Json;
using Keker.Server.Net;

namespace Keker.Server.Http.Publishing;

/// <summary>A batch: how far its body is read, and its answer, which begins before the body has ended.</summary>
/// <remarks>Not thread-safe: it belongs to its <see cref="HttpExchange"/>, and is made for one request.</remarks>
internal sealed class BatchState(RequestHead head, int mostLineBytes, UnfinishedBudget budget)
{
    private readonly LineBuffer _lines = new(mostLineBytes);
    private readonly bool _isChunked = head.BodyKind == BodyKind.Chunked;
    private readonly bool _answersInChunks = head.IsHttp11;
    private ChunkedDecoder _chunks = new(long.MaxValue, head);
    private long _left = head.ContentLength;
    private bool _hasLine;
    private bool _hasBegun;
    private BudgetClaim _claim = new(budget);

    /// <summary>The line under way, as it was understood.</summary>
    public BatchLine Line { get; set; } = new();

    /// <summary>Answers to lines that have no chunk yet.</summary>
    public AnswerBuffer Answers { get; } = new();

    /// <summary>How answers to lines are laid into the answer.</summary>
    public LineFraming Framing => _answersInChunks ? LineFraming.Chunk : LineFraming.Plain;

    /// <summary>True when there was no memory for what comes next of the line under way: it is still in the input.</summary>
    public bool IsStarved { get; private set; }

    /// <summary>True once there is an answer to a line: it is too late for another status than 200.</summary>
    public bool HasAnswered => _hasBegun || Answers.Length > 0;

    /// <summary>True once the body was read to its end.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Why the body is refused, where its chunks are broken.</summary>
    public HttpFailure Failure => _chunks.Failure;

    /// <summary>Whether a line was completed since this was asked last.</summary>
    public bool TakeLine()
    {
        bool hasLine = _hasLine;
        _hasLine = false;
        return hasLine;
    }

    /// <summary>Reads up to the end of a line, and not further.</summary>
    /// <param name="input">What has arrived; what is read of it is taken off its front.</param>
    /// <param name="line">On Complete the line, valid until the next call.</param>
    /// <returns>NeedMore at the end of the input, at the end of the body, and where it is broken.</returns>
    public LineStatus ReadLine(ref ReadOnlySequence<byte> input, out ReadOnlySpan<byte> line)
    {
        LineStatus status = LineStatus.NeedMore;
        line = default;
        IsStarved = false;
        while (status == LineStatus.NeedMore && !IsOver && Failure == HttpFailure.None)
        {
            // What the parser keeps of the longest line so far is counted as well.
            IsStarved = !_claim.TrySet(_lines.CapacityWith(LineBuffer.FirstPiece(input.FirstSpan)) + Line.HeldBytes);
            if (IsStarved)
                break;
            ReadOnlySpan<byte> piece = NextPiece(ref input, out bool isBodyOver);
            status = _lines.Add(piece, out line);
            if (status != LineStatus.NeedMore)
                _hasLine = true;
            else if (isBodyOver)
                (IsOver, status) = (true, _lines.End(out line));
            else if (piece.IsEmpty && input.IsEmpty)
                break;
        }
        return status;
    }

    /// <summary>Ends the request: nothing is held for it any more.</summary>
    public void Clear() => _claim.TrySet(0);

    /// <summary>Gives the answers to the lines so far a chunk of their own.</summary>
    public void Seal(HttpExchange exchange)
    {
        if (Answers.Length == 0)
            return;
        Begin(exchange);
        WriteLines(exchange.Answers, Answers.Bytes.Span, Framing);
        Answers.Clear();
    }

    /// <summary>A line is answered later: what comes before it is in its place.</summary>
    public void SealBefore(HttpExchange exchange)
    {
        Begin(exchange);
        Seal(exchange);
    }

    /// <summary>Lays answers to lines into the answer to a batch.</summary>
    public static void WriteLines(AnswerBuffer output, ReadOnlySpan<byte> lines, LineFraming framing)
    {
        if (framing == LineFraming.Chunk)
            output.Advance(ChunkWriter.WriteHeader(output.GetSpan(ChunkWriter.MaxHeaderLength), lines.Length));
        output.Write(lines);
        if (framing == LineFraming.Chunk)
            output.Write(ChunkWriter.End);
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
