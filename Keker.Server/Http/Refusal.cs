using System.Text;
using Keker.Protocol.Http;
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
        Count(server, status, message);
        JsonAnswers.WriteMessage(exchange.Answers, status, message, exchange.Headers(retryAfterSeconds, status == 405 ? allow : default, offerWebSocket));
    }

    /// <summary>Answers what could not be read as a request; nothing more is read from the connection.</summary>
    public static void Write(HttpExchange exchange, ServerContext server, HttpFailure failure)
    {
        exchange.Closing = true;
        Count(server, failure.Status(), failure.Message());
        JsonAnswers.WriteFailure(exchange.Answers, failure, exchange.Date);
    }

    private static void Count(ServerContext server, int status, ReadOnlySpan<byte> message)
    {
        server.Counters.FailedRequests.Increment();
        if (server.Log.IsEnabled(LogLevel.Debug))
            server.Log.RequestRefused(status, Encoding.UTF8.GetString(message));
    }
}
