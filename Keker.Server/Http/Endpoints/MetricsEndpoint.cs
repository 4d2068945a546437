using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Metrics;

namespace Keker.Server.Http.Endpoints;

/// <summary>`GET /metrics`: what the server has done and holds, for Prometheus. OpenMetrics for who names it in Accept, as Prometheus does.</summary>
internal sealed class MetricsEndpoint(ServerContext server) : Endpoint(server)
{
    public override ReadOnlySpan<byte> Allow => AllowRead;

    public override bool IsPrivileged => true;

    public override bool Allows(RequestMethod method) => method is RequestMethod.Get or RequestMethod.Head;

    /// <summary>Answers: afterwards the head, which says in which form, is gone.</summary>
    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        bool isOpenMetrics = AcceptField.Names(exchange.Head, head, MetricsText.OpenMetrics);
        byte[] text = MetricsText.Of(Server.Metrics, isOpenMetrics);
        ResponseWriter.Write(exchange.Answers, 200, text, exchange.Headers() with { ContentType = MetricsText.ContentType(isOpenMetrics) });
        return false;
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body) => throw new NotSupportedException();
}
