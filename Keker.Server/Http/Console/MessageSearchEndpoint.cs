using Keker.Protocol.Commands;
using Keker.Protocol.Http;
using Keker.Server.Broker.Topics;
using Keker.Server.Http.Endpoints;
using Keker.Server.Http.Publishing;
using Keker.Server.Inspection;
using Keker.Server.Presence;

namespace Keker.Server.Http.Console;

/// <summary><c>GET /v1/console/message?key=</c> or <c>?id=</c>, each with <c>&amp;token=</c> or <c>&amp;topic=</c> where that is known: where a message is.</summary>
internal sealed class MessageSearchEndpoint(ServerContext server) : LongEndpoint(server, "message")
{
    /// <summary>The longest key that a publish may have, in quotes.</summary>
    private const int KeyBytes = 257;

    protected override ILongAnswer? Answer(RequestHead request, ReadOnlySpan<byte> head, out ReadOnlySpan<byte> mistake)
    {
        ReadOnlySpan<byte> query = request.Query.In(head);
        mistake = ReadName(query, out TopicKind kind, out byte[]? name);
        if (!mistake.IsEmpty)
            return null;
        Span<byte> decoded = stackalloc byte[KeyBytes];
        QueryStatus byKey = QueryString.Find(query, "key"u8, decoded, out int length);
        if (byKey == QueryStatus.Ok && length > 0)
        {
            byte[] key = Unquoted(decoded[..length]).ToArray();
            return new MessageSearch(new MessageQuery(key, default, kind, name), AcceptedOf(key), Server.Broker.Context);
        }
        QueryStatus byId = QueryString.Find(query, "id"u8, decoded, out length);
        if (byKey == QueryStatus.Absent && byId == QueryStatus.Ok && MessageId.TryParse(decoded[..length], out MessageId id))
            return new MessageSearch(new MessageQuery(null, id, kind, name), accepted: null, Server.Broker.Context);
        mistake = "which message? ask for ?key=<Idempotency-Key>, or for ?id=<epoch>:<offset>, percent-encoded"u8;
        return null;
    }

    /// <summary>People copy the key as the header has it, and there it may stand in quotes.</summary>
    private static ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> key) => key is [(byte)'"', .., (byte)'"'] ? key[1..^1] : key;

    /// <summary>Where it is not said whose message it is, all are looked through.</summary>
    private static ReadOnlySpan<byte> ReadName(ReadOnlySpan<byte> query, out TopicKind kind, out byte[]? name)
    {
        (kind, name) = (TopicKind.Token, null);
        if (!QueryString.ValuesOf(query, "token"u8).MoveNext() && !QueryString.ValuesOf(query, "topic"u8).MoveNext())
            return default;
        ReadOnlySpan<byte> mistake = SessionsRequest.ReadName(query, out kind, out byte[] read);
        name = read;
        return mistake;
    }

    private AcceptedPublish? AcceptedOf(byte[] key)
    {
        if (!Server.Idempotency.TryFind(key, out long beganAt, out PublishAnswer? answer))
            return null;
        return new AcceptedPublish(beganAt, answer?.Status, answer?.Sessions ?? 0, answer?.Cached ?? 0, answer?.Receipt?.Received, answer?.Receipt?.Pending);
    }
}
