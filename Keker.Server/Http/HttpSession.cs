using System.Buffers;
using System.IO.Pipelines;
using Keker.Protocol.Http;
using Keker.Server.Broker;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>A connection that speaks HTTP: reads, has everything that arrived answered, flushes, sends, and starts over.</summary>
/// <remarks>One reader; the heartbeat and the drain come from other threads.</remarks>
internal sealed class HttpSession : IConnectionPhase
{
    private readonly Connection _connection;
    private readonly HttpServer _http;
    private HttpExchange? _exchange;
    private volatile HttpWait _wait;
    private volatile bool _silent = true;
    private long _waitingSince;
    private long _bodyReceived;
    private volatile bool _expired;

    public HttpSession(Connection connection, HttpServer http)
    {
        _connection = connection;
        _http = http;
        _wait = HttpWait.Head;
        _waitingSince = Server.Clock.Now;
        connection.Phase = this;
    }

    private ServerContext Server => _http.Server;

    /// <summary>Serves requests until the connection closes or becomes a WebSocket.</summary>
    /// <returns>True: 101 is sent and what follows are frames. False: nothing is left to do but to close.</returns>
    public async Task<bool> RunAsync()
    {
        try
        {
            return await ServeAsync(_connection.Reader).ConfigureAwait(false);
        }
        catch (Exception e) when (Connection.IsDisconnect(e))
        {
            Server.Log.PeerVanished(e.GetType().Name);
            return false;
        }
        finally
        {
            ReturnExchange();
        }
    }

    public void OnHeartbeat(long now)
    {
        // What became idle after the drain had visited it.
        if (Server.IsDraining)
            Drain();
        double waited = now - Volatile.Read(ref _waitingSince);
        switch (_wait)
        {
            case HttpWait.Request when waited >= Server.Options.Timeout.TotalMilliseconds:
                _connection.StopReading();
                break;
            case HttpWait.Send when waited >= Limits.WriteStallTimeout.TotalMilliseconds:
            case HttpWait.Linger when waited >= Limits.LingeringCloseTimeout.TotalMilliseconds:
                _connection.Abort();
                break;
            case HttpWait.Head when waited >= Limits.RequestHeadTimeout.TotalMilliseconds:
            case HttpWait.Body when waited >= Limits.BodyRateGrace.TotalMilliseconds && IsTooSlow(waited):
                _expired = true;
                _connection.StopReading();
                break;
        }
    }

    public void Drain()
    {
        // A request that has arrived is still read and answered; an idle connection ends as if the peer had closed it.
        if (_silent || _wait == HttpWait.Request)
            _connection.StopReading();
    }

    private bool IsTooSlow(double waited) =>
        Volatile.Read(ref _bodyReceived) < (waited - Limits.BodyRateGrace.TotalMilliseconds) / 1000 * Limits.BodyMinimumBytesPerSecond;

    private async Task<bool> ServeAsync(PipeReader reader)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> input = result.Buffer;
            Progress progress = Read(ref input);
            bool needsInput = progress is Progress.NeedMore or Progress.Idle;
            reader.AdvanceTo(input.Start, needsInput ? result.Buffer.End : input.Start);
            if (needsInput && result.IsCompleted)
                progress = EndOfInput(progress);
            if (!await FlushAndSendAsync().ConfigureAwait(false))
                return false;
            while (progress == Progress.NoRoom)
            {
                if (!await WaitForRoomAsync().ConfigureAwait(false))
                    return false;
                input = ReadOnlySequence<byte>.Empty;
                progress = Read(ref input);
                if (!await FlushAndSendAsync().ConfigureAwait(false))
                    return false;
            }
            switch (progress)
            {
                case Progress.Upgraded:
                    return true;
                case Progress.Close:
                    await LingerAsync(reader, result.IsCompleted).ConfigureAwait(false);
                    return false;
                case Progress.Idle:
                    ReturnExchange();
                    WaitFor(HttpWait.Request, restart: true);
                    break;
            }
        }
    }

    /// <summary>Everything that has arrived is read and appended before anything is flushed: that is what makes batches.</summary>
    private Progress Read(ref ReadOnlySequence<byte> input)
    {
        _exchange ??= _http.Exchanges.Get();
        _exchange.Begin(_connection, _http.Date.Now);
        _silent &= input.IsEmpty;
        Progress progress = _http.Requests.Read(_exchange, ref input);
        if (progress != Progress.NeedMore)
            return progress;
        Volatile.Write(ref _bodyReceived, _exchange.ChunkedBody?.WrittenCount ?? input.Length);

        // A request has its own time, also where the one before it ended in the same read.
        WaitFor(_exchange.Endpoint is null ? HttpWait.Head : HttpWait.Body, restart: _exchange.Answered > 0);
        return progress;
    }

    /// <summary>
    /// The peer has stopped sending, or its time was up. What it sent whole is answered (it may have closed its half only); a request
    /// that is not whole does not exist (RFC 9112 8).
    /// </summary>
    private Progress EndOfInput(Progress progress)
    {
        if (_expired && progress == Progress.NeedMore)
        {
            _exchange!.Closing = true;
            Refusal.Write(_exchange, Server, 408, "the request took too long: send it at once"u8);
        }
        return Progress.Close;
    }

    /// <summary>Before any wait: nobody else may depend on what only this connection would flush.</summary>
    /// <returns>False when the peer is gone.</returns>
    private async ValueTask<bool> FlushAndSendAsync()
    {
        HttpExchange exchange = _exchange!;
        Server.Broker.Flush(exchange.Dirty);
        if (exchange.Answers.Length == 0)
            return true;
        ReadOnlyMemory<byte> answers = exchange.Answers.Bytes;
        if (_connection.CanTrySend)
        {
            int sent = _connection.TrySend(answers.Span);
            if (sent < 0)
                return false;
            answers = answers[sent..];
        }
        if (!answers.IsEmpty)
        {
            HttpWait wait = _wait;
            WaitFor(HttpWait.Send);
            if (!await _connection.SendAsync(answers).ConfigureAwait(false))
                return false;
            WaitFor(wait);
        }
        exchange.AnswersSent();
        return true;
    }

    /// <returns>False when too many publishers wait already.</returns>
    private async ValueTask<bool> WaitForRoomAsync()
    {
        if (_exchange!.FullTopic!.WaitForRoom() is not { } room)
        {
            _exchange.FullTopic = null;
            _exchange.Closing = true;
            Refusal.Write(_exchange, Server, 503, "too many publishers wait for this recipient: try again later"u8, retryAfterSeconds: 1);
            await FlushAndSendAsync().ConfigureAwait(false);
            return false;
        }
        WaitFor(HttpWait.Room);
        await room.ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Half-closes and drops what still arrives: closing with unread input would reset the connection, and the reset may overtake
    /// the answer (RFC 9112 9.6).
    /// </summary>
    private async Task LingerAsync(PipeReader reader, bool inputEnded)
    {
        ReturnExchange();
        WaitFor(HttpWait.Linger);
        _connection.FinishSending();
        long dropped = 0;
        while (!inputEnded && dropped <= Limits.LingeringCloseBytes)
        {
            ReadResult result = await reader.ReadAsync().ConfigureAwait(false);
            dropped += result.Buffer.Length;
            inputEnded = result.IsCompleted;
            reader.AdvanceTo(result.Buffer.End);
        }
    }

    private void WaitFor(HttpWait wait, bool restart = false)
    {
        if (_wait == wait && !restart)
            return;
        Volatile.Write(ref _waitingSince, Server.Clock.Now);
        _wait = wait;
    }

    private void ReturnExchange()
    {
        if (_exchange is null)
            return;
        _http.Exchanges.Return(_exchange);
        _exchange = null;
    }
}
