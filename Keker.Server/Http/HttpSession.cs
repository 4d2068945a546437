using System.Buffers;
using System.IO.Pipelines;
using Keker.Protocol.Http;
using Keker.Server.Broker;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Receipt = Keker.Server.Broker.Receipt;

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
    private volatile Receipt? _receipt;

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
    /// <returns>What it has become: 101 is sent and what follows are frames. Or nothing, and all that is left to do is to close.</returns>
    public async Task<Upgrade> RunAsync()
    {
        try
        {
            return await ServeAsync(_connection.Reader).ConfigureAwait(false);
        }
        catch (Exception e) when (Connection.IsDisconnect(e))
        {
            Server.Log.PeerVanished(e.GetType().Name);
            return default;
        }
        finally
        {
            // Its deadlines are over, before those of what the connection becomes begin.
            _connection.Phase = null;

            // However it ended: what was appended has to reach its members.
            if (_exchange is not null)
                Server.Broker.Flush(_exchange.Dirty);
            CountBody(0);
            ReturnExchange();
        }
    }

    public void OnHeartbeat(long now)
    {
        // What became idle after the drain had visited it.
        if (Server.IsDraining)
            Drain();
        // In this order, the reverse of writing them: a new wait is never measured from the beginning of an old one.
        HttpWait wait = _wait;
        double waited = now - Volatile.Read(ref _waitingSince);
        switch (wait)
        {
            case HttpWait.Request when waited >= Server.Options.Timeout.TotalMilliseconds:
            case HttpWait.Linger when waited >= Limits.LingeringCloseTimeout.TotalMilliseconds:
                // An ordinary end: what the peer has not taken of its answers yet stays with the kernel.
                _connection.StopReading();
                break;
            case HttpWait.Send when waited >= Limits.WriteStallTimeout.TotalMilliseconds:
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

        // The answer says what is known by now. One that begins to wait after this is found by the next heartbeat.
        _receipt?.End();
    }

    private bool IsTooSlow(double waited) =>
        Volatile.Read(ref _bodyReceived) < (waited - Limits.BodyRateGrace.TotalMilliseconds) / 1000 * Limits.BodyMinimumBytesPerSecond;

    private async Task<Upgrade> ServeAsync(PipeReader reader)
    {
        var turn = new ReadTurn();
        while (true)
        {
            ValueTask<ReadResult> read = reader.ReadAsync();
            if (turn.IsOver(read.IsCompleted))
                await Task.Yield();
            ReadResult result = await read.ConfigureAwait(false);
            ReadOnlySequence<byte> input = result.Buffer;
            Progress progress = Read(ref input);
            bool needsInput = progress is Progress.NeedMore or Progress.Idle;
            reader.AdvanceTo(input.Start, needsInput ? result.Buffer.End : input.Start);
            if (needsInput && result.IsCompleted)
                progress = EndOfInput(progress);
            if (!await FlushAndSendAsync().ConfigureAwait(false))
                return default;
            while (progress is Progress.NoRoom or Progress.NoReceipt)
            {
                progress = progress == Progress.NoRoom
                    ? await WaitForRoomAsync().ConfigureAwait(false)
                    : await WaitForReceiptAsync().ConfigureAwait(false);
                if (!await FlushAndSendAsync().ConfigureAwait(false))
                    return default;
            }
            switch (progress)
            {
                case Progress.Upgraded:
                    return _exchange!.Upgrade;
                case Progress.Close:
                    ReturnExchange();
                    WaitFor(HttpWait.Linger);
                    await _connection.LingerAsync(result.IsCompleted).ConfigureAwait(false);
                    return default;
                case Progress.Idle:
                    ReturnExchange();

                    // It has become a publisher's connection, whose next request is near; a subscriber's never comes here.
                    _connection.Reader.HoldsBuffer = true;
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
        CountBody(progress == Progress.NeedMore && _exchange.Endpoint is not null ? HeldOfBody(input) : 0);
        if (progress != Progress.NeedMore)
            return progress;
        if (Server.BodiesUnderWay.Bytes > Server.MostBytesOfBodies)
        {
            Refusal.Write(_exchange, Server, 503, "too many bodies are under way: try again later"u8, retryAfterSeconds: 1);
            CountBody(0);
            return Progress.Close;
        }

        // A request has its own time, also where the one before it ended in the same read.
        WaitFor(_exchange.Endpoint is null ? HttpWait.Head : HttpWait.Body, restart: _exchange.Answered > 0 || _exchange.Batch?.TakeProgress() == true);
        return progress;
    }

    private long HeldOfBody(in ReadOnlySequence<byte> input) =>
        _exchange!.Batch?.HeldBytes ?? _exchange.ChunkedBody?.WrittenCount ?? input.Length;

    private void CountBody(long received)
    {
        Server.BodiesUnderWay.Add(received - _bodyReceived);
        Volatile.Write(ref _bodyReceived, received);
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

    /// <returns>How it goes on once there is room, or with the refusal when too many publishers wait already.</returns>
    private async ValueTask<Progress> WaitForRoomAsync()
    {
        MessageUnderWay message = _exchange!.Message;
        if (message.FullTopic!.WaitForRoom() is not { } room)
        {
            ReadOnlySpan<byte> reason = message.Done == 0
                ? "too many publishers wait for this recipient: try again later"u8
                : "too many publishers wait for one of the recipients, and others have the message: try again later"u8;
            message.Clear();
            _exchange.Closing = true;
            Refusal.Write(_exchange, Server, 503, reason, retryAfterSeconds: 1);
            return Progress.Close;
        }
        WaitFor(HttpWait.Room);
        await room.ConfigureAwait(false);
        ReadOnlySequence<byte> nothing = ReadOnlySequence<byte>.Empty;
        return Read(ref nothing);
    }

    /// <returns>How it goes on once the clients have confirmed, or the time is up.</returns>
    private async ValueTask<Progress> WaitForReceiptAsync()
    {
        Receipt receipt = _exchange!.Message.Receipt!;

        // It has been flushed: who was sent it by somebody else's pass, before the barrier was wanted, is asked now.
        receipt.Ask();
        WaitFor(HttpWait.Receipt);
        _receipt = receipt;
        await receipt.Ended.ConfigureAwait(false);
        _receipt = null;
        ReadOnlySequence<byte> nothing = ReadOnlySequence<byte>.Empty;
        return Read(ref nothing);
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
