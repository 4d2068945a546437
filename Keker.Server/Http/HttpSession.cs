using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Broker;
using Keker.Server.Net;
using Keker.Server.Options;
using Receipt = Keker.Server.Broker.Receipt;

namespace Keker.Server.Http;

/// <summary>A connection that speaks HTTP: reads, has everything that arrived answered, flushes, sends, and starts over.</summary>
/// <remarks>One reader; the heartbeat and the drain come from other threads.</remarks>
internal sealed class HttpSession : HttpPhase
{
    private readonly HttpServer _http;
    private readonly AnswerSender _answers;
    private HttpExchange? _exchange;
    private BodyPace _pace;
    private uint? _starvedSince;
    private uint _received;
    private long _leftOver;
    private bool _goesOn;
    private bool _hasEnded;
    private bool _isLast;
    private bool _isOver;

    public HttpSession(Connection connection, HttpServer http)
        : base(connection, http.Server)
    {
        _http = http;
        _answers = new AnswerSender(connection, Deadline, http.Server.Input.Budget);
        connection.Phase = this;
    }

    /// <summary>What the connection has become once the phase is over: 101 is sent and what follows are frames. Or nothing, and all that is left to do is to close.</summary>
    public Upgrade Upgrade { get; private set; }

    /// <summary>Bytes received so far, modulo 2^32. Any thread.</summary>
    public uint Received => Volatile.Read(ref _received);

    protected override bool HasHeardEnough => _isOver;

    protected override bool HasMoreToTake => _goesOn || base.HasMoreToTake;

    protected override void Take(ref ReadOnlySequence<byte> input, bool isEnd)
    {
        if (_isLast)
        {
            // It is refused already.
            input = input.Slice(input.End);
            return;
        }
        Volatile.Write(ref _received, _received + (uint)(input.Length - _leftOver));
        Progress progress = Read(ref input);
        _hasEnded = isEnd;
        _goesOn = progress is not (Progress.NeedMore or Progress.Idle);
        if (isEnd && !_goesOn)
            progress = EndOfInput(progress);

        // Nothing is held for somebody who only has to read its last answer.
        if (progress == Progress.Close)
            input = input.Slice(input.End);
        _leftOver = input.Length;
        GoOn(progress);
    }

    protected override void OnNoMemory()
    {
        // Frames that came with the handshake are lost: nothing can go on from there.
        if (_isOver)
            Upgrade = default;
        else if (Pause is { } pause)
            Pause = RefuseAfterAsync(pause);
        else if (!_isLast)
            GoOn(RefuseForMemory());
    }

    protected override void OnPauseFailed(Exception failure)
    {
        _isOver = true;
        base.OnPauseFailed(failure);
    }

    protected override void OnEnded()
    {
        // Its deadlines are over, before those of what the connection becomes begin.
        Connection.Phase = null;

        // However it ended: what was appended has to reach its members.
        if (_exchange is not null)
            Server.Broker.Flush(_exchange.Dirty);
        ReturnExchange();
        EndLinger();
    }

    /// <summary>Sends the answers, and waits only where that cannot be avoided.</summary>
    private void GoOn(Progress progress)
    {
        _isLast = progress == Progress.Close;
        ValueTask<bool> send = FlushAndSendAsync();
        if (send.IsCompletedSuccessfully && progress is Progress.Idle or Progress.NeedMore or Progress.AnswersFull or Progress.Upgraded)
            Settle(progress, send.Result);
        else
            Pause = WaitAsync(progress, send);
    }

    private async Task WaitAsync(Progress progress, ValueTask<bool> send)
    {
        bool isThere = await send.ConfigureAwait(false);
        while (isThere && progress is Progress.NoRoom or Progress.NoReceipt)
        {
            progress = progress == Progress.NoRoom
                ? await WaitForRoomAsync().ConfigureAwait(false)
                : await WaitForReceiptAsync().ConfigureAwait(false);
            isThere = await FlushAndSendAsync().ConfigureAwait(false);
        }

        // With less room the largest body could fail again at once, and again, and nobody slow would be ended for it.
        if (isThere && progress == Progress.NoMemory)
            await Server.Input.Budget.WaitForRoom(2L * Server.Options.WriteBuffer + Limits.UnfinishedPieceBytes).ConfigureAwait(false);
        if (isThere && progress == Progress.Close)
            await LingerAsync().ConfigureAwait(false);
        Settle(progress, isThere);
    }

    private async Task RefuseAfterAsync(Task pause)
    {
        await pause.ConfigureAwait(false);
        if (_isOver)
        {
            Upgrade = default;
            return;
        }
        Progress progress = RefuseForMemory();
        await WaitAsync(progress, FlushAndSendAsync()).ConfigureAwait(false);
    }

    private async Task LingerAsync()
    {
        _isLast = true;
        ReturnExchange();
        if (_hasEnded)
        {
            Connection.FinishSending();
            return;
        }
        BeginLinger();
        await Connection.LingerAsync(MostLingerBytes).ConfigureAwait(false);
    }

    private void Settle(Progress progress, bool isThere)
    {
        _isOver = !isThere || progress is Progress.Upgraded or Progress.Close;
        if (isThere && progress == Progress.Upgraded)
            Upgrade = _exchange!.Upgrade;
        if (_isOver || progress != Progress.Idle)
            return;
        ReturnExchange();

        // It has become a publisher's connection, whose next request is near; a subscriber's never comes here. Without TLS there is nothing to hold.
        if (!Connection.CanTrySend)
            Connection.Reader.HoldsBuffer = true;
        Deadline.Begin(HttpWait.Request, restart: true);
    }

    /// <summary>Everything that has arrived is read and appended before anything is flushed: that is what makes batches.</summary>
    private Progress Read(ref ReadOnlySequence<byte> input)
    {
        _exchange ??= _http.Exchanges.Get();
        _exchange.Begin(Connection, _http.Date.Now);
        if (!input.IsEmpty)
            IsSilent = false;
        Progress progress = _http.Requests.Read(_exchange, ref input);
        bool isUnfinished = progress == Progress.NeedMore;
        if (_exchange.Answered > 0)
            Connection.UncountStranger();
        bool isPlainBody = isUnfinished && _exchange.Endpoint is { StreamsBody: false } && _exchange.Head.BodyKind != BodyKind.Chunked;
        Connection.Expect(isPlainBody ? (int)_exchange.Head.ContentLength : 0);
        if (isUnfinished && (_exchange.IsStarved || !_answers.TryClaim()))
            return Server.Input.Budget.HasWaited(_starvedSince ??= Server.Input.Budget.Beats) ? RefuseForMemory() : Progress.NoMemory;
        _starvedSince = null;
        if (!isUnfinished)
            return progress;

        // A request has its own time, also where the one before it ended in the same read.
        HttpWait wait = _exchange.Endpoint is null ? HttpWait.Head : HttpWait.Body;
        bool isStep = _exchange.Answered > 0 || Deadline.Wait != wait || _exchange.Batch?.TakeLine() == true;
        Deadline.Begin(wait, restart: wait == HttpWait.Body ? _pace.HasComeOn(_received, isStep) : isStep);
        return progress;
    }

    /// <summary>There is no memory for what has to come yet, also after those were ended who are slow.</summary>
    private Progress RefuseForMemory()
    {
        _exchange ??= _http.Exchanges.Get();
        _exchange.Begin(Connection, _http.Date.Now);
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
    private Progress EndOfInput(Progress progress)
    {
        if (!IsExpired || progress != Progress.NeedMore)
            return Progress.Close;

        // It was not the peer's end: what still comes must not reset the connection.
        _hasEnded = false;
        return Refuse(408, "the request took too long: send it at once"u8);
    }

    /// <summary>Before any wait: nobody else may depend on what only this connection would flush.</summary>
    /// <returns>False when the peer is gone.</returns>
    private ValueTask<bool> FlushAndSendAsync()
    {
        Server.Broker.Flush(_exchange!.Dirty);
        return _answers.SendAsync(_exchange);
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
        Deadline.Begin(HttpWait.Room);
        await room.ConfigureAwait(false);
        return ReadOn();
    }

    /// <returns>How it goes on once the clients have confirmed, or the time is up.</returns>
    private async ValueTask<Progress> WaitForReceiptAsync()
    {
        Receipt receipt = _exchange!.Message.Receipt!;
        Deadline.Begin(HttpWait.Receipt);
        Receipt = receipt;
        await receipt.Ended.ConfigureAwait(false);
        Receipt = null;
        return ReadOn();
    }

    private Progress ReadOn()
    {
        ReadOnlySequence<byte> nothing = ReadOnlySequence<byte>.Empty;
        return Read(ref nothing);
    }

    private void ReturnExchange()
    {
        _answers.GiveBack();
        if (_exchange is null)
            return;
        _http.Exchanges.Return(_exchange);
        _exchange = null;
    }
}
