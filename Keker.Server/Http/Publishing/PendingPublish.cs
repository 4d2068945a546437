using Keker.Server.Broker;
using Keker.Server.Broker.Topics;
using Keker.Server.Options;

namespace Keker.Server.Http.Publishing;

/// <summary>A message that waits for room in a topic, or for confirmations, while its connection reads on.</summary>
/// <remarks>
/// It goes on by itself, on the thread pool, until its answer is known. But whoever reads the connection may take the publishing over, to read on with what
/// would overtake it: then both are flushed together, which is what makes batches. Its own lock guards the publishing: it is taken after that of the
/// ring, and before all of the broker.
/// </remarks>
internal sealed class PendingPublish : PendingAnswer
{
    private readonly ServerContext _server;
    private readonly AnswerSender _sender;
    private readonly PublishState _message;
    private readonly AnswerFraming _framing;
    private readonly DirtyTopics _dirty = new();
    private Task? _room;
    private bool _isTakenOver;
    private byte[]? _refusal;

    /// <param name="server">Where it is published.</param>
    /// <param name="sender">Sends the answer.</param>
    /// <param name="message">The message; nobody else's from now on.</param>
    /// <param name="framing">How it is answered.</param>
    /// <param name="room">What it waits for; null where it is published, and waits for confirmations.</param>
    public PendingPublish(ServerContext server, AnswerSender sender, PublishState message, AnswerFraming framing, Task? room)
    {
        _server = server;
        _sender = sender;
        _message = message;
        _framing = framing;
        _room = room;
        MayHoldUp = room is not null;
        HeldBytes = Limits.PendingAnswerCost + (room is null ? 0 : message.Request.Publication!.Payload.Length);
        if (room is null)
            message.Request.Publication = null;
    }

    /// <summary>It waits from now on. Once it has its place.</summary>
    public void Start() => _ = RunAsync();

    public override bool HoldsUp(PublishRequest request)
    {
        lock (this)
            return _room is not null && _message.Request.SharesRecipient(request);
    }

    public override void StopWaiting()
    {
        // A receipt is filled while the message is published, and nobody else may look at it until then. The next heartbeat finds it.
        lock (this)
        {
            if (_room is null)
                _message.Request.Receipt?.End();
        }
    }

    /// <summary>Has the caller publish it, instead of the thread pool: completes once it is published or refused.</summary>
    /// <param name="dirty">Gets the topics that have to be flushed after that.</param>
    public async Task TakeOverAsync(DirtyTopics dirty)
    {
        Task? room;
        lock (this)
        {
            // Published meanwhile: whoever did that answers it.
            if (_room is null)
                return;
            _isTakenOver = true;
            room = _room;
        }
        try
        {
            while (room is not null)
            {
                // Nobody waits with something that nobody else would flush.
                _server.Broker.Flush(dirty);
                await room.ConfigureAwait(false);
                room = Publish(dirty);
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
        _ = FinishAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                Task? room;
                lock (this)
                {
                    if (_isTakenOver)
                        return;
                    room = _room;
                }
                if (room is null)
                    break;
                await room.ConfigureAwait(false);
                lock (this)
                {
                    // In one step: whoever has taken it over publishes it, and answers it.
                    if (_isTakenOver)
                        return;
                    Publish(_dirty);
                }
                _server.Broker.Flush(_dirty);
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
        await FinishAsync().ConfigureAwait(false);
    }

    /// <summary>It is published or refused: answers it. For whoever did that, once.</summary>
    private async Task FinishAsync()
    {
        try
        {
            if (_refusal is null && _message.Request.Receipt is { Sessions: > 0 } receipt)
                await receipt.Ended.ConfigureAwait(false);
            Write();
        }
        catch (Exception e)
        {
            _sender.Break(e);
        }
        _message.Clear();
        _sender.Ring.Complete(this);
    }

    /// <summary>Something went wrong that nobody expected. It waits no longer, and holds nobody up.</summary>
    private void Fail(Exception exception)
    {
        _sender.Break(exception);
        lock (this)
        {
            _refusal = PublishRefusals.ShortOfMemory.ToArray();
            if (_room is not null)
                EndPublishing();
        }
    }

    /// <summary>Goes on with the publishing.</summary>
    /// <returns>What it waits for now; null when it is published or refused.</returns>
    private Task? Publish(DirtyTopics dirty)
    {
        lock (this)
        {
            PublishRequest request = _message.Request;
            PublishResult result = _server.Broker.Publish(request, dirty);
            if (result.Outcome == PublishOutcome.NoRoom && result.Full!.WaitForRoom() is { } room)
                return _room = room;
            if (result.Outcome == PublishOutcome.NoRoom)
                _refusal = PublishRefusals.TooManyWait(othersHaveIt: request.Done > 0).ToArray();
            else if (result.Outcome == PublishOutcome.OutOfMemory)
                _refusal = PublishRefusals.TooMuchWaits.ToArray();
            else if (request.Receipt is { Sessions: > 0 } receipt)
                receipt.Begin();
            EndPublishing();
            return null;
        }
    }

    private void EndPublishing()
    {
        _room = null;
        _message.Request.Publication = null;
        _sender.Ring.NoLongerHoldsUp();
    }

    private void Write()
    {
        if (_framing.Line != LineFraming.None)
            WriteLine();
        else if (_refusal is not null)
            Refusal.Write(Answer, _server, 503, _refusal, _framing.Headers(retryAfterSeconds: PublishRefusals.RetryAfter));
        else
            Conclude().Write(Answer, _message, _framing.Headers());
    }

    private void WriteLine()
    {
        var line = new AnswerBuffer();
        if (_refusal is not null)
            Refusal.WriteLine(line, _server, 503, _refusal);
        else
            Conclude().WriteLine(line, _message.Request.Recipients);
        BatchState.WriteLines(Answer, line.Bytes.Span, _framing.Line);
    }

    private PublishAnswer Conclude()
    {
        PublishAnswer answer = PublishAnswer.To(_message);
        _message.Idempotent?.Complete(answer);
        return answer;
    }
}
