using Keker.Server.Net;
using Keker.Server.Options;

namespace Keker.Server.Http;

/// <summary>Sends the answers of one HTTP connection, and counts what it holds for requests and answers that are not finished.</summary>
/// <remarks>For whoever reads the connection.</remarks>
internal sealed class AnswerSender(Connection connection, HttpDeadline deadline, UnfinishedBudget budget)
{
    private BudgetClaim _claim = new(budget);

    /// <summary>A request is under way.</summary>
    /// <returns>False when there is no memory for it.</returns>
    public bool TryClaim() => _claim.TrySet(Limits.UnfinishedRequestBytes);

    /// <summary>Nothing is under way any more.</summary>
    public void GiveBack() => _claim.TrySet(0);

    /// <summary>Sends what is answered. The exchange is used by nobody else meanwhile.</summary>
    /// <returns>False when the peer is gone.</returns>
    public ValueTask<bool> SendAsync(HttpExchange exchange)
    {
        if (exchange.Answers.Length == 0)
            return ValueTask.FromResult(true);
        ReadOnlyMemory<byte> answers = exchange.Answers.Bytes;
        if (connection.CanTrySend)
        {
            int sent = connection.TrySend(answers.Span);
            if (sent < 0)
                return ValueTask.FromResult(false);
            answers = answers[sent..];
        }
        if (!answers.IsEmpty)
            return SendRestAsync(exchange, answers);
        exchange.AnswersSent();
        return ValueTask.FromResult(true);
    }

    private async ValueTask<bool> SendRestAsync(HttpExchange exchange, ReadOnlyMemory<byte> rest)
    {
        // Who does not take its answers fills memory as much as who does not finish its requests.
        HttpWait wait = deadline.Wait;
        deadline.Begin(HttpWait.Send);
        ValueTask<bool> send = connection.SendAsync(rest);
        if (!send.IsCompleted && !_claim.TrySet(Limits.UnfinishedRequestBytes + exchange.Answers.Capacity))
            connection.Abort();
        if (!await send.ConfigureAwait(false))
            return false;
        TryClaim();
        deadline.Begin(wait);
        exchange.AnswersSent();
        return true;
    }
}
