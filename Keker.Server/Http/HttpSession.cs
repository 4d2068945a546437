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
    private BodyPace _pace;
    private BudgetClaim _claim;
    private uint? _starvedSince;
    private Lingering _lingering;
    private volatile bool _expired;
    private volatile Receipt? _receipt;

    public HttpSession(Connection connection, HttpServer http)
    {
        _connection = connection;
        _http = http;
        _claim = new BudgetClaim(http.Server.Input.Budget);
        _lingering = new Lingering(http.Server);
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
            ReturnExchange();
            _lingering.End();
        }
    }

    public long UnfinishedSince => _wait is HttpWait.Head or HttpWait.Body or HttpWait.Send ? Math.Max(1, Volatile.Read(ref _waitingSince)) : 0;

    public void GiveUp()
    {
        _expired = true;
        if (_wait == HttpWait.Send)
            _connection.Abort();
        else
            _connection.StopReading();
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
            case HttpWait.Request when waited >= Limits.KeepAliveTimeout.TotalMilliseconds:
            case HttpWait.Linger when waited >= _lingering.Timeout.TotalMilliseconds:
                // An ordinary end: what the peer has not taken of its answers yet stays with the kernel.
                _connection.StopReading();
                break;
            case HttpWait.Send when waited >= Limits.WriteStallTimeout.TotalMilliseconds:
                _connection.Abort();
                break;
            case HttpWait.Head when waited >= Limits.RequestHeadTimeout.TotalMilliseconds:
            case HttpWait.Body when waited >= Limits.BodyRateGrace.TotalMilliseconds:
                GiveUp();
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

    private async Task<Upgrade> ServeAsync(ConnectionReader reader)
    {
        var turn = new ReadTurn();
        while (true)
        {
            ValueTask<ReadResult> read = reader.ReadAsync();
            if (turn.IsOver(read.IsCompleted))
                await Task.Yield();
            ReadResult result = await read.ConfigureAwait(false);
            ReadOnlySequence<byte> input = result.Buffer;
            Progress progress = result.IsCanceled ? RefuseForMemory() : Read(ref input);
            bool needsInput = progress is Progress.NeedMore or Progress.Idle;
            if (needsInput && result.IsCompleted)
                progress = EndOfInput(progress);

            // Nothing is held for somebody who only has to read its last answer.
            SequencePosition consumed = progress == Progress.Close ? input.End : input.Start;
            reader.AdvanceTo(consumed, needsInput ? result.Buffer.End : consumed);
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
                    _lingering.Begin();
                    WaitFor(HttpWait.Linger);
                    if (!_expired && result.IsCompleted)
                        _connection.FinishSending();
                    else
                        await _connection.LingerAsync(_lingering.MostBytes).ConfigureAwait(false);
                    return default;
                case Progress.NoMemory:
                    // With less room the largest body could fail again at once, and again, and nobody slow would be ended for it.
                    await Server.Input.Budget.WaitForRoom(2L * Server.Options.WriteBuffer + Limits.UnfinishedPieceBytes).ConfigureAwait(false);
                    break;
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
        bool isUnfinished = progress == Progress.NeedMore;
        if (_exchange.Answered > 0)
            _connection.UncountStranger();
        bool isPlainBody = isUnfinished && _exchange.Endpoint is { StreamsBody: false } && _exchange.Head.BodyKind != BodyKind.Chunked;
        _connection.Reader.Needed = isPlainBody ? (int)_exchange.Head.ContentLength : 0;
        if (isUnfinished && (_exchange.IsStarved || !_claim.TrySet(Limits.UnfinishedRequestBytes)))
            return Server.Input.Budget.HasWaited(_starvedSince ??= Server.Input.Budget.Beats) ? RefuseForMemory() : Progress.NoMemory;
        _starvedSince = null;
        if (!isUnfinished)
            return progress;

        // A request has its own time, also where the one before it ended in the same read.
        HttpWait wait = _exchange.Endpoint is null ? HttpWait.Head : HttpWait.Body;
        bool isStep = _exchange.Answered > 0 || _wait != wait || _exchange.Batch?.TakeLine() == true;
        WaitFor(wait, restart: wait == HttpWait.Body ? _pace.HasComeOn(_connection.Reader.Received, isStep) : isStep);
        return progress;
    }

    /// <summary>There is no memory for what has to come yet, also after those were ended who are slow.</summary>
    private Progress RefuseForMemory()
    {
        _exchange ??= _http.Exchanges.Get();
        _exchange.Begin(_connection, _http.Date.Now);
        return Refuse(503, PublishRefusals.TooMuchUnfinished, PublishRefusals.RetryAfter);
    }

    private Progress Refuse(int status, ReadOnlySpan<byte> reason, int retryAfter = 0)
    {
        _exchange!.Closing = true;
        Refusal.Write(_exchange, Server, status, reason, retryAfter);
        return Progress.Close;
    }

    /// <summary>
    /// The peer has stopped sending, or its time was up. What it sent whole is answered (it may have closed its half only); a request
    /// that is not whole does not exist (RFC 9112 8).
    /// </summary>
    private Progress EndOfInput(Progress progress) =>
        _expired && progress == Progress.NeedMore ? Refuse(408, "the request took too long: send it at once"u8) : Progress.Close;

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
            // Who does not take its answers fills memory as much as who does not finish its requests.
            HttpWait wait = _wait;
            WaitFor(HttpWait.Send);
            ValueTask<bool> send = _connection.SendAsync(answers);
            if (!send.IsCompleted && !_claim.TrySet(Limits.UnfinishedRequestBytes + exchange.Answers.Capacity))
                _connection.Abort();
            if (!await send.ConfigureAwait(false))
                return false;
            _claim.TrySet(Limits.UnfinishedRequestBytes);
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
            bool othersHaveIt = message.Done > 0;
            message.Clear();
            return Refuse(503, PublishRefusals.TooManyWait(othersHaveIt), PublishRefusals.RetryAfter);
        }
        WaitFor(HttpWait.Room);
        await room.ConfigureAwait(false);
        return ReadOn();
    }

    /// <returns>How it goes on once the clients have confirmed, or the time is up.</returns>
    private async ValueTask<Progress> WaitForReceiptAsync()
    {
        Receipt receipt = _exchange!.Message.Receipt!;
        WaitFor(HttpWait.Receipt);
        _receipt = receipt;
        await receipt.Ended.ConfigureAwait(false);
        _receipt = null;
        return ReadOn();
    }

    private Progress ReadOn()
    {
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
        _claim.TrySet(0);
        if (_exchange is null)
            return;
        _http.Exchanges.Return(_exchange);
        _exchange = null;
    }
}
