using Keker.Server.Broker;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>Sends the answers of one HTTP connection, and counts what it holds for requests and answers that are not finished.</summary>
/// <remarks>For whoever reads the connection, unless it says otherwise. While an answer is not known yet, all that follow go through the <see cref="AnswerRing"/>.</remarks>
internal sealed class AnswerSender(Connection connection, HttpDeadline deadline, ServerContext server)
{
    private BudgetClaim _claim = new(server.Input.Budget);
    private AnswerRing? _ring;

    /// <summary>The connection.</summary>
    public Connection Connection => connection;

    /// <summary>Made with the first answer that has to wait.</summary>
    public AnswerRing Ring => _ring ??= new AnswerRing(this, server.Input.Budget);

    /// <summary>True while an answer is waited for, or those behind it are not sent.</summary>
    public bool IsBusy => _ring is { IsBusy: true };

    /// <inheritdoc cref="AnswerRing.IsFull"/>
    public bool IsFull => _ring is { IsFull: true };

    /// <inheritdoc cref="AnswerRing.IsFullWith"/>
    public bool IsFullWith(int answers) => _ring?.IsFullWith(answers) is true;

    /// <inheritdoc cref="AnswerRing.FindBefore"/>
    public PendingAnswer? FindBefore(PublishRequest request) => _ring?.FindBefore(request);

    /// <summary>The server drains: answers that wait for confirmations say what is known by now. Any thread.</summary>
    public void StopWaiting() => Volatile.Read(ref _ring)?.StopWaiting();

    /// <summary>A request is under way.</summary>
    /// <returns>False when there is no memory for it.</returns>
    public bool TryClaim() => _claim.TrySet(Limits.UnfinishedRequestBytes);

    /// <summary>Nothing is under way any more.</summary>
    public void GiveBack() => _claim.TrySet(0);

    /// <summary>Sends what is answered, or puts it behind what has to go first. The exchange is used by nobody else meanwhile.</summary>
    /// <returns>False when the peer is gone.</returns>
    public ValueTask<bool> SendAsync(HttpExchange exchange)
    {
        if (IsBusy)
        {
            Ring.Add(exchange.Answers, exchange.UnsentAnswers);
            exchange.AnswersSent();
            Ring.Send();
            return ValueTask.FromResult(!Ring.IsGone);
        }
        if (exchange.Answers.Length == 0)
        {
            // What waited may have been answered by itself meanwhile.
            exchange.AnswersSent();
            return ValueTask.FromResult(true);
        }
        ValueTask<bool> send = SendAsync(exchange.Answers);
        if (!send.IsCompletedSuccessfully)
            return SendRestAsync(exchange, send);
        exchange.AnswersSent();
        return send;
    }

    /// <summary>Sends answers. One at a time; any thread.</summary>
    /// <param name="answers">Not changed until it completes.</param>
    /// <returns>False when the peer is gone.</returns>
    public ValueTask<bool> SendAsync(AnswerBuffer answers)
    {
        ReadOnlyMemory<byte> rest = answers.Bytes;
        if (connection.CanTrySend)
        {
            int sent = connection.TrySend(rest.Span);
            if (sent < 0 || sent == rest.Length)
                return ValueTask.FromResult(sent >= 0);
            rest = rest[sent..];
        }
        return WaitAsync(rest);
    }

    /// <summary>The ring has nothing more to send: the peer may have waited for that. Any thread.</summary>
    public void OnRested() => deadline.Restart();

    /// <summary>Something went wrong that nobody expected, maybe in the middle of an answer: nothing can follow it. Any thread.</summary>
    public void Break(Exception exception)
    {
        server.Log.Unexpected(exception);
        connection.Abort();
    }

    private async ValueTask<bool> SendRestAsync(HttpExchange exchange, ValueTask<bool> send)
    {
        // Who does not take its answers fills memory as much as who does not finish its requests.
        if (!_claim.TrySet(Limits.UnfinishedRequestBytes + exchange.Answers.Capacity))
            connection.Abort();
        if (!await send.ConfigureAwait(false))
            return false;
        TryClaim();
        exchange.AnswersSent();
        return true;
    }

    private async ValueTask<bool> WaitAsync(ReadOnlyMemory<byte> rest)
    {
        deadline.BeginSend();
        bool isThere = await connection.SendAsync(rest).ConfigureAwait(false);
        deadline.EndSend();
        return isThere;
    }
}
