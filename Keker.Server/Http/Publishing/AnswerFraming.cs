using Keker.Protocol.Http;

namespace Keker.Server.Http.Publishing;

/// <summary>What is needed of a request to answer it once its bytes are gone.</summary>
/// <param name="Date">What Date says.</param>
/// <param name="Connection">What Connection says.</param>
/// <param name="Line">Whether it is a line of a batch, and how its answer is laid there.</param>
internal readonly record struct AnswerFraming(DateHeader Date, ConnectionHeader Connection, LineFraming Line)
{
    /// <summary>The variable headers of the answer.</summary>
    public ResponseHeaders Headers(int retryAfterSeconds = 0) => new()
    {
        Date = Date.Now,
        Connection = Connection,
        RetryAfterSeconds = retryAfterSeconds,
    };
}
