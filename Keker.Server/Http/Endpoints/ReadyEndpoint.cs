using System.Buffers;
using Keker.Protocol.Http;

namespace Keker.Server.Http.Endpoints;

/// <summary>`/v1/ready`: 200 while traffic is wanted, else 503 and why not. For load balancers; who asks whether to start the process anew asks for health.</summary>
internal sealed class ReadyEndpoint(ServerContext server) : Endpoint(server)
{
    /// <summary>Seconds: whoever asks does so again anyway.</summary>
    private const int RetryAfter = 1;

    public override ReadOnlySpan<byte> Allow => AllowRead;

    public override bool Allows(RequestMethod method) => method is RequestMethod.Get or RequestMethod.Head;

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body)
    {
        ReadOnlySpan<byte> refusal = Server.Readiness.Refusal;
        if (refusal.IsEmpty)
            JsonAnswers.WriteMessage(exchange.Answers, 200, "ready"u8, exchange.Headers());
        else
            Refuse(exchange, 503, refusal, RetryAfter);
    }
}
