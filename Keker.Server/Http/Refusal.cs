using System.Buffers;
using System.Text;
using Keker.Protocol.Http;
using Keker.Server.Http.Publishing;
using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Http;

/// <summary>Answers that say what went wrong and what to do.</summary>
internal static class Refusal
{
    /// <summary>Answers the request under way with an error.</summary>
    public static void Write(
        HttpExchange exchange, ServerContext server, int status, ReadOnlySpan<byte> message,
        int retryAfterSeconds = 0, ReadOnlySpan<byte> allow = default, bool offerWebSocket = false)
    {
        // Bytes that were announced and are not read must never be taken for the next request.
        exchange.Closing |= exchange.HasUnreadBody;
        if (TryEndBatch(exchange, server, status, message))
            return;
        Count(server, status, message);
        JsonAnswers.WriteMessage(exchange.Answers, status, message, exchange.Headers(retryAfterSeconds, status == 405 ? allow : default, offerWebSocket));
    }

    /// <summary>Answers what could not be read as a request; nothing more is read from the connection.</summary>
    public static void Write(HttpExchange exchange, ServerContext server, HttpFailure failure)
    {
        exchange.Closing = true;
        if (TryEndBatch(exchange, server, failure.Status(), failure.Message()))
            return;
        Count(server, failure.Status(), failure.Message());
        JsonAnswers.WriteFailure(exchange.Answers, failure, exchange.Date);
    }

    /// <summary>Answers a request with an error whose bytes are gone.</summary>
    public static void Write(IBufferWriter<byte> output, ServerContext server, int status, ReadOnlySpan<byte> message, in ResponseHeaders headers)
    {
        Count(server, status, message);
        JsonAnswers.WriteMessage(output, status, message, headers);
    }

    /// <summary>Answers a line of a batch with an error; the batch goes on.</summary>
    public static void WriteLine(IBufferWriter<byte> output, ServerContext server, int status, ReadOnlySpan<byte> message)
    {
        Count(server, status, message);
        BatchAnswers.WriteMessage(output, status, message);
    }

    /// <summary>A batch of which lines are answered has its status already: the error is its last line.</summary>
    private static bool TryEndBatch(HttpExchange exchange, ServerContext server, int status, ReadOnlySpan<byte> message)
    {
        if (exchange.Batch is not { HasAnswered: true } batch)
            return false;
        WriteLine(batch.Answers, server, status, message);
        batch.Finish(exchange);
        return true;
    }

    private static void Count(ServerContext server, int status, ReadOnlySpan<byte> message)
    {
        server.Counters.FailedRequests.Increment();
        if (server.Log.IsEnabled(LogLevel.Debug))
            server.Log.RequestRefused(status, Encoding.UTF8.GetString(message));
    }
}
