using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Broker.FanOut;
using Keker.Server.Http.Endpoints;
using Keker.Server.Http.Publishing;
using Keker.Server.Net;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>A connection that speaks HTTP: reads, has everything that arrived answered, flushes, sends, and starts over.</summary>
/// <remarks>One reader; the heartbeat and the drain come from other threads.</remarks>
internal sealed class HttpSession : HttpPhase
{
    private readonly HttpServer _http;
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
        Answers = new AnswerSender(connection, Deadline, http.Server);
    }

    /// <summary>What the connection has become once the phase is over: 101 is sent and what follows are frames. Or nothing, and all that is left to do is to close.</summary>
    public Upgrade Upgrade { get; private set; }

    /// <summary>Bytes received so far, modulo 2^32. Any thread.</summary>
    public uint Received => Volatile.Read(ref _received);

    protected override AnswerSender Answers { get; }

    protected override bool HasHeardEnough => Volatile.Read(ref _isOver);

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
        ReadOutcome outcome = Read(ref input);
        _hasEnded = isEnd;
        _goesOn = outcome is not (ReadOutcome.NeedMore or ReadOutcome.Idle);
        if (isEnd && !_goesOn)
            outcome = EndOfInput(outcome);

        // Nothing is held for somebody who only has to read its last answer.
        if (outcome == ReadOutcome.Close)
            input = input.Slice(input.End);
        _leftOver = input.Length;
        GoOn(outcome);
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
    private void GoOn(ReadOutcome outcome)
    {
        while (true)
        {
            _isLast = outcome == ReadOutcome.Close;
            ValueTask<bool> send = FlushAndSendAsync();
            bool mayGoOn = outcome is ReadOutcome.Idle or ReadOutcome.NeedMore || (outcome == ReadOutcome.AnswersFull && !Answers.IsFull)
                || (outcome == ReadOutcome.Upgraded && !Answers.IsBusy);
            if (!send.IsCompletedSuccessfully || !mayGoOn)
            {
                Pause = WaitAsync(outcome, send);
                return;
            }
            bool isThere = send.Result;
            if (!isThere || !EndsWithoutInput(outcome))
            {
                Conclude(outcome, isThere);
                return;
            }
            outcome = ReadOn();
        }
    }

    private async Task WaitAsync(ReadOutcome outcome, ValueTask<bool> send)
    {
        bool isThere = await send.ConfigureAwait(false);
        while (true)
        {
            if (outcome is ReadOutcome.HeldUp or ReadOutcome.AnswersFull or ReadOutcome.Asking || IsLast(outcome))
                Deadline.Begin(HttpWait.Answers);
            if (isThere && outcome == ReadOutcome.HeldUp)
                await TakeOverAsync().ConfigureAwait(false);
            else if (isThere && outcome == ReadOutcome.Asking)
                await ((Task)_exchange!.AskedPublisher!).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else if (Answers.IsBusy && !Connection.IsAborted)
                await (IsLast(outcome) ? Answers.Ring.WhenEmptyAsync() : Answers.Ring.WhenNotFullAsync()).ConfigureAwait(false);

            // Whoever is cut off has nothing to wait for, nor to say.
            isThere &= !Connection.IsAborted;
            if (!isThere || !(outcome == ReadOutcome.HeldUp || EndsWithoutInput(outcome)))
                break;
            outcome = ReadOn();
            isThere = await FlushAndSendAsync().ConfigureAwait(false);
        }

        // With less room the largest body could fail again at once, and again, and nobody slow would be ended for it.
        if (isThere && outcome == ReadOutcome.NoMemory)
            await Server.Input.Budget.WaitForRoom(2L * MostBodyBytes + Limits.UnfinishedPieceBytes).ConfigureAwait(false);
        if (isThere && outcome == ReadOutcome.Close)
            await LingerAsync().ConfigureAwait(false);
        Conclude(outcome, isThere);
    }

    private int MostBodyBytes => _exchange?.Endpoint?.MostBodyBytes(_exchange) ?? Server.Options.WriteBuffer;

    /// <summary>Has whatever the message may not overtake published first.</summary>
    private async Task TakeOverAsync()
    {
        while (_exchange!.FindBefore() is PendingPublish before)
            await before.TakeOverAsync(_exchange.Dirty).ConfigureAwait(false);
    }

    /// <summary>It stopped because there was enough to send, with nothing left over: no input comes that would have it go on, maybe to an end that was read.</summary>
    private bool EndsWithoutInput(ReadOutcome outcome) => outcome == ReadOutcome.AnswersFull && _leftOver == 0;

    private static bool IsLast(ReadOutcome outcome) => outcome is ReadOutcome.Close or ReadOutcome.Upgraded;

    private async Task RefuseAfterAsync(Task pause)
    {
        await pause.ConfigureAwait(false);
        if (_isOver)
        {
            Upgrade = default;
            return;
        }
        ReadOutcome outcome = RefuseForMemory();
        await WaitAsync(outcome, FlushAndSendAsync()).ConfigureAwait(false);
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

    private void Conclude(ReadOutcome outcome, bool isThere)
    {
        // First what it has become: whoever sees that it is over looks for that.
        if (isThere && outcome == ReadOutcome.Upgraded)
            Upgrade = _exchange!.Upgrade;
        Volatile.Write(ref _isOver, !isThere || IsLast(outcome));
        if (_isOver || outcome != ReadOutcome.Idle)
            return;
        ReturnExchange();

        // It has become a publisher's connection, whose next request is near; a subscriber's never comes here. Without TLS there is nothing to hold.
        if (!Connection.CanTrySend)
            Connection.Reader.HoldsBuffer = true;
        Deadline.Begin(HttpWait.Request, restart: true);
    }

    /// <summary>Everything that has arrived is read and appended before anything is flushed: that is what makes batches.</summary>
    private ReadOutcome Read(ref ReadOnlySequence<byte> input)
    {
        _exchange ??= _http.Exchanges.Get();
        _exchange.Begin(Answers, _http.Date);
        if (!input.IsEmpty)
            IsSilent = false;
        ReadOutcome outcome = _http.Requests.Read(_exchange, ref input);
        bool isUnfinished = outcome == ReadOutcome.NeedMore;
        if (_exchange.Answered > 0)
            Connection.UncountStranger();
        bool isPlainBody = isUnfinished && _exchange.Endpoint is { StreamsBody: false } && _exchange.Head.BodyKind != BodyKind.Chunked;
        Connection.Expect(isPlainBody ? (int)_exchange.Head.ContentLength : 0);
        if (isUnfinished && (_exchange.IsStarved || !Answers.TryClaim()))
            return Server.Input.Budget.HasWaited(_starvedSince ??= Server.Input.Budget.Beats) ? RefuseForMemory() : ReadOutcome.NoMemory;
        _starvedSince = null;
        if (!isUnfinished)
            return outcome;

        // A request has its own time, also where the one before it ended in the same read.
        HttpWait wait = _exchange.Endpoint is null ? HttpWait.Head : HttpWait.Body;
        bool isStep = _exchange.Answered > 0 || Deadline.Wait != wait || _exchange.Batch?.TakeLine() == true;
        Deadline.Begin(wait, restart: wait == HttpWait.Body ? _pace.HasComeOn(_received, isStep) : isStep);
        return outcome;
    }

    /// <summary>There is no memory for what has to come yet, also after those were ended who are slow.</summary>
    private ReadOutcome RefuseForMemory()
    {
        _exchange ??= _http.Exchanges.Get();
        _exchange.Begin(Answers, _http.Date);
        return Refuse(503, PublishRefusals.TooMuchUnfinished, PublishRefusals.RetryAfter);
    }

    private ReadOutcome Refuse(int status, ReadOnlySpan<byte> reason, int retryAfter = 0)
    {
        _exchange!.Closing = true;
        Refusal.Write(_exchange, Server, status, reason, retryAfter);
        return ReadOutcome.Close;
    }

    /// <summary>
    /// The peer has stopped sending, or its time was up. What it sent whole is answered (it may have closed its half only); a request
    /// that is not whole does not exist (RFC 9112 8).
    /// </summary>
    private ReadOutcome EndOfInput(ReadOutcome outcome)
    {
        if (!IsExpired || outcome != ReadOutcome.NeedMore)
            return ReadOutcome.Close;

        // It was not the peer's end: what still comes must not reset the connection.
        _hasEnded = false;
        return Refuse(408, "the request took too long: send it at once"u8);
    }

    /// <summary>Before any wait: nobody else may depend on what only this connection would flush.</summary>
    /// <returns>False when the peer is gone.</returns>
    private ValueTask<bool> FlushAndSendAsync()
    {
        Server.Broker.Flush(_exchange!.Dirty);
        return Answers.SendAsync(_exchange);
    }

    private ReadOutcome ReadOn()
    {
        ReadOnlySequence<byte> nothing = ReadOnlySequence<byte>.Empty;
        return Read(ref nothing);
    }

    private void ReturnExchange()
    {
        Answers.GiveBack();
        if (_exchange is null)
            return;
        _http.Exchanges.Return(_exchange);
        _exchange = null;
    }
}
