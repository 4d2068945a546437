using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Http.Endpoints;
using Keker.Server.Http.Publishing;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>Reads requests out of what has arrived and has them answered, one after the other, up to the end of the input.</summary>
/// <remarks>Thread-safe: all state of a connection is in its <see cref="HttpExchange"/>. Knows no socket and never waits.</remarks>
internal sealed class RequestReader(ServerContext server)
{
    private readonly Router _router = new(server);
    private readonly PublisherCheck _publishers = new(server);

    private static ReadOnlySpan<byte> TakesNoBody => "this endpoint takes no body: send neither Content-Length nor Transfer-Encoding"u8;

    /// <summary>Consumes whole requests from the front of the input; what is left belongs to one that is not complete.</summary>
    public ReadOutcome Read(HttpExchange exchange, ref ReadOnlySequence<byte> input)
    {
        if (exchange.IsHeldUp)
        {
            exchange.Endpoint!.Resume(exchange);
            if (exchange.IsHeldUp)
                return ReadOutcome.HeldUp;
            if (!exchange.Endpoint.StreamsBody)
                exchange.EndRequest();
        }
        while (true)
        {
            if (exchange.Closing)
                return ReadOutcome.Close;
            if (exchange.Endpoint is null && input.IsEmpty)
                return ReadOutcome.Idle;
            if (exchange.HasEnough)
                return ReadOutcome.AnswersFull;
            if (exchange.Endpoint is null)
            {
                if (!TryReadHead(exchange, ref input))
                    return exchange.AskedPublisher is null ? ReadOutcome.NeedMore : ReadOutcome.Asking;
                if (exchange.Upgrade.Kind != UpgradeKind.None)
                    return ReadOutcome.Upgraded;
                if (exchange.Endpoint is null)
                    continue;
            }
            if (!TryReadBody(exchange, ref input))
                return ReadOutcome.NeedMore;
            if (exchange.IsHeldUp)
                return ReadOutcome.HeldUp;
        }
    }

    /// <returns>False when the head is incomplete, or has to be read again. True with no endpoint: the request is answered.</returns>
    private bool TryReadHead(HttpExchange exchange, ref ReadOnlySequence<byte> input)
    {
        if (input.IsSingleSegment)
            return TryReadHead(exchange, input.FirstSpan, ref input);

        // A head that crosses a buffer's border is read from a copy; what follows the largest head is not needed for that.
        int length = (int)Math.Min(input.Length, HttpLimits.MaxHeadBytes);
        byte[] copy = ArrayPool<byte>.Shared.Rent(length);
        input.Slice(0, length).CopyTo(copy);
        bool complete = TryReadHead(exchange, copy.AsSpan(0, length), ref input);
        ArrayPool<byte>.Shared.Return(copy);
        return complete;
    }

    private bool TryReadHead(HttpExchange exchange, ReadOnlySpan<byte> bytes, ref ReadOnlySequence<byte> input)
    {
        switch (exchange.Head.Parse(bytes))
        {
            case ParseStatus.NeedMore:
                return false;
            case ParseStatus.Failed:
                Refusal.Write(exchange, server, exchange.Head.Failure);
                return true;
        }
        Endpoint? found = _router.Find(exchange.Head.Path.In(bytes), exchange.Connection.IsAdmin);
        if (!_publishers.TryKnow(exchange, found, bytes))
        {
            exchange.Head.Reset();
            return false;
        }
        input = input.Slice(exchange.Head.HeadLength);
        exchange.Closing |= server.IsDraining;
        Endpoint? endpoint = Route(exchange, found, bytes);
        if (endpoint is not null && endpoint.TryAccept(exchange, bytes))
            exchange.Endpoint = endpoint;
        else if (exchange.Upgrade.Kind == UpgradeKind.None)
            exchange.EndRequest();
        return true;
    }

    /// <returns>Who answers, or null when the request is answered here.</returns>
    private Endpoint? Route(HttpExchange exchange, Endpoint? endpoint, ReadOnlySpan<byte> bytes)
    {
        RequestHead head = exchange.Head;
        if (IsProbe(head, bytes))
        {
            if (exchange.HasUnreadBody)
                Refusal.Write(exchange, server, 400, TakesNoBody);
            else
                ResponseWriter.WriteNoContent(exchange.Answers, exchange.Headers(allow: "GET, HEAD, PUT, POST, OPTIONS"u8));
            return null;
        }
        if (endpoint is null)
            Refusal.Write(exchange, server, 404, "no such endpoint"u8);
        else if (!endpoint.Allows(head.Method))
            Refusal.Write(exchange, server, 405, "this endpoint has other methods: see the Allow header"u8, allow: endpoint.Allow);
        else if (endpoint.IsPrivileged && !_publishers.Allows(exchange, endpoint, bytes))
            return null;
        else if (!endpoint.TakesBody && exchange.HasUnreadBody)
            Refusal.Write(exchange, server, 400, TakesNoBody);
        else if (head.Expect == ExpectKind.Unsupported)
            Refusal.Write(exchange, server, 417, "unknown expectation: send 100-continue or nothing"u8);
        else
            return endpoint;
        return null;
    }

    /// <summary>The server as a whole is asked what it can do (RFC 9110 9.3.7). Load balancers look in this way whether it lives, some of them at the root.</summary>
    private static bool IsProbe(RequestHead head, ReadOnlySpan<byte> bytes) =>
        head.IsAsterisk || head.Method == RequestMethod.Options && head.Path.In(bytes).SequenceEqual("/"u8);

    /// <returns>False when the body is incomplete.</returns>
    private bool TryReadBody(HttpExchange exchange, ref ReadOnlySequence<byte> input)
    {
        if (exchange.Endpoint!.StreamsBody)
            return TryReadStream(exchange, ref input);
        if (exchange.Head.BodyKind == BodyKind.Chunked)
            return TryReadChunks(exchange, ref input);

        // The body stays where it was read until it is complete, and is then copied once, into the publication.
        long length = exchange.Head.ContentLength;
        if (input.Length < length)
        {
            SayContinue(exchange);
            return false;
        }
        Handle(exchange, input.Slice(0, length));
        input = input.Slice(length);
        return true;
    }

    private bool TryReadChunks(HttpExchange exchange, ref ReadOnlySequence<byte> input)
    {
        int mostBodyBytes = exchange.Endpoint!.MostBodyBytes(exchange);
        if (exchange.ChunkedBody is null)
        {
            exchange.ChunkedBody = new ChunkedBody(server.Input);
            exchange.Chunks = new ChunkedDecoder(mostBodyBytes, exchange.Head);
        }

        // What is decoded is never longer than what has arrived, nor than a body may be.
        int most = (int)Math.Min(input.Length, Math.Max(0, mostBodyBytes - exchange.ChunkedBody.Length));
        if (!exchange.ChunkedBody.TryReserve(most))
        {
            exchange.IsStarved = true;
            return false;
        }
        while (true)
        {
            ChunkStatus status = exchange.Chunks.Read(input.FirstSpan, out int consumed, out ReadOnlySpan<byte> data);
            exchange.ChunkedBody.Write(data);
            input = input.Slice(consumed);
            switch (status)
            {
                case ChunkStatus.NeedMore when input.IsEmpty:
                    SayContinue(exchange);
                    return false;
                case ChunkStatus.Failed:
                    Refusal.Write(exchange, server, exchange.Chunks.Failure);
                    exchange.EndRequest();
                    return true;
                case ChunkStatus.Complete:
                    Handle(exchange, new ReadOnlySequence<byte>(exchange.ChunkedBody.Written));
                    return true;
            }
        }
    }

    private static bool TryReadStream(HttpExchange exchange, ref ReadOnlySequence<byte> input)
    {
        if (exchange.Endpoint!.TryReadStream(exchange, ref input))
            return true;

        // Whoever sends lines without waiting for it has no need of it any more.
        if (!exchange.Batch!.HasAnswered)
            SayContinue(exchange);
        return false;
    }

    private static void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body)
    {
        exchange.HasReadBody = true;
        exchange.Endpoint!.Handle(exchange, body);
        if (!exchange.IsHeldUp)
            exchange.EndRequest();
    }

    /// <summary>All checks of the head have passed and the body is wanted (RFC 9110 10.1.1).</summary>
    private static void SayContinue(HttpExchange exchange)
    {
        if (exchange.SaidContinue || exchange.Head.Expect != ExpectKind.Continue)
            return;
        exchange.SaidContinue = true;
        exchange.Answers.Write(ResponseWriter.Continue);
    }
}
