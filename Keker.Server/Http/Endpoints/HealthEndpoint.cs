using System.Buffers;
using Keker.Protocol.Http;

namespace Keker.Server.Http.Endpoints;

/// <summary>`/v1/health`: 200 while the server takes work, 503 while it drains.</summary>
internal sealed class HealthEndpoint(ServerContext server) : Endpoint(server)
{
    public override ReadOnlySpan<byte> Allow => AllowRead;

    public override bool Allows(RequestMethod method) => method is RequestMethod.Get or RequestMethod.Head;

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body)
    {
        if (Server.IsDraining)
            Refuse(exchange, 503, "draining"u8, retryAfterSeconds: 1);
        else
            JsonAnswers.WriteMessage(exchange.Answers, 200, "ok"u8, exchange.Headers());
    }
}
