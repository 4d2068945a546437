using Keker.Protocol.Http;
using Keker.Server.Broker.Topics;
using Keker.Server.Inspection;
using Keker.Server.Options;
using Keker.Server.Presence;

namespace Keker.Server.Http.Console;

/// <summary><c>GET /v1/console/topics?prefix=&amp;kind=token|topic</c>: tokens and topics whose names begin so.</summary>
internal sealed class TopicsEndpoint(ServerContext server) : LongEndpoint(server, "tokens and topics")
{
    protected override ILongAnswer? Answer(RequestHead request, ReadOnlySpan<byte> head, out ReadOnlySpan<byte> mistake)
    {
        mistake = default;
        ReadOnlySpan<byte> query = request.Query.In(head);
        Span<byte> decoded = stackalloc byte[Limits.TokenBytes];
        QueryStatus status = QueryString.Find(query, "prefix"u8, decoded, out int length);
        byte[] prefix = decoded[..length].ToArray();
        if (status is not (QueryStatus.Ok or QueryStatus.Absent))
            mistake = "bad prefix: send one, of at most 512 bytes, percent-encoded"u8;
        else if (!TryReadKind(query, out TopicKind? kind))
            mistake = "bad kind: send token or topic, or leave it out"u8;
        else
            return new TopicSearch(prefix, kind, Server.Broker.Context);
        return null;
    }

    private static bool TryReadKind(ReadOnlySpan<byte> query, out TopicKind? kind)
    {
        Span<byte> decoded = stackalloc byte["token"u8.Length];
        QueryStatus status = QueryString.Find(query, "kind"u8, decoded, out int length);
        ReadOnlySpan<byte> word = decoded[..length];
        kind = word.SequenceEqual("token"u8) ? TopicKind.Token : word.SequenceEqual("topic"u8) ? TopicKind.Named : null;
        return status == QueryStatus.Absent || kind is not null;
    }
}
