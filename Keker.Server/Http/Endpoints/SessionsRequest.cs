using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Keker.Protocol.Commands;
using Keker.Protocol.Http;
using Keker.Server.Broker.Topics;
using Keker.Server.Options;
using Keker.Server.Presence;

namespace Keker.Server.Http.Endpoints;

/// <summary>What the query of <c>/v1/sessions</c> says.</summary>
/// <param name="Sessions">Which sessions.</param>
/// <param name="Reason">What those are told that are logged out; empty where nothing is said.</param>
/// <param name="Refuse">How long the token is refused afterwards; null where nothing is said.</param>
internal sealed record SessionsRequest(SessionQuery Sessions, byte[] Reason, TimeSpan? Refuse)
{
    /// <summary>A Close frame has room for so many bytes beside its code (RFC 6455 5.5).</summary>
    private const int ReasonBytes = 123;

    private const int NumberBytes = 20;

    /// <summary>Reads the query.</summary>
    /// <param name="query">The raw query.</param>
    /// <param name="mistake">What is wrong and what to do about it, in ASCII; empty for nothing.</param>
    /// <returns>Null when something is wrong.</returns>
    public static SessionsRequest? Read(ReadOnlySpan<byte> query, out ReadOnlySpan<byte> mistake)
    {
        mistake = ReadName(query, out TopicKind kind, out byte[] name);
        if (!mistake.IsEmpty)
            return null;
        ulong? id = null;
        byte[] reason = [];
        TimeSpan? refuse = null;
        mistake = !TryReadId(query, ref id) ? "bad id: send one id as the list of sessions has it, in hexadecimal"u8
            : !TryReadReason(query, ref reason) ? "bad reason: send one, of at most 123 bytes of UTF-8, percent-encoded"u8
            : !TryReadRefuse(query, ref refuse) ? "bad refuse: send one number of seconds, 0 to 86400"u8
            : refuse is not null && kind == TopicKind.Named ? "refuse goes with token: a topic may have any number of tokens"u8
            : default;
        return mistake.IsEmpty ? new SessionsRequest(new SessionQuery(kind, name, id), reason, refuse) : null;
    }

    /// <summary>Reads whose sessions are meant, or whose messages.</summary>
    /// <param name="query">The raw query.</param>
    /// <param name="kind">Token or named.</param>
    /// <param name="name">The token or the name of the topic.</param>
    /// <returns>What is wrong and what to do about it, in ASCII; empty for nothing.</returns>
    public static ReadOnlySpan<byte> ReadName(ReadOnlySpan<byte> query, out TopicKind kind, out byte[] name)
    {
        Span<byte> decoded = stackalloc byte[Limits.TokenBytes];
        QueryStatus token = QueryString.Find(query, "token"u8, decoded, out int length);
        name = decoded[..length].ToArray();
        kind = token == QueryStatus.Absent ? TopicKind.Named : TopicKind.Token;
        QueryStatus topic = QueryString.Find(query, "topic"u8, decoded, out length);
        if (token == QueryStatus.Absent)
            name = decoded[..length].ToArray();
        return (token, topic) switch
        {
            (QueryStatus.Absent, QueryStatus.Absent) => "no token and no topic: ask for ?token=<AUTH_INFO> or ?topic=<name>, percent-encoded"u8,
            (QueryStatus.Ok, QueryStatus.Absent) when AuthInfo.IsValid(name) => default,
            (QueryStatus.Absent, QueryStatus.Ok) when TopicName.IsValid(name) => default,
            (_, QueryStatus.Absent) => "bad token: send one, of 1 to 512 bytes of UTF-8 without white space or control characters, percent-encoded"u8,
            (QueryStatus.Absent, _) => "bad topic: send one, of 1 to 512 bytes of UTF-8 without white space or control characters, neither - nor *, percent-encoded"u8,
            _ => "token and topic: ask for one of them"u8,
        };
    }

    private static bool TryReadId(ReadOnlySpan<byte> query, ref ulong? id)
    {
        Span<byte> decoded = stackalloc byte[NumberBytes];
        QueryStatus status = QueryString.Find(query, "id"u8, decoded, out int length);
        if (status == QueryStatus.Absent)
            return true;
        if (status != QueryStatus.Ok || !ulong.TryParse(decoded[..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number))
            return false;
        id = number;
        return true;
    }

    private static bool TryReadReason(ReadOnlySpan<byte> query, ref byte[] reason)
    {
        Span<byte> decoded = stackalloc byte[ReasonBytes];
        QueryStatus status = QueryString.Find(query, "reason"u8, decoded, out int length);
        reason = decoded[..length].ToArray();
        return status == QueryStatus.Absent || (status == QueryStatus.Ok && Utf8.IsValid(reason));
    }

    private static bool TryReadRefuse(ReadOnlySpan<byte> query, ref TimeSpan? time)
    {
        Span<byte> decoded = stackalloc byte[NumberBytes];
        QueryStatus status = QueryString.Find(query, "refuse"u8, decoded, out int length);
        if (status == QueryStatus.Absent)
            return true;
        if (status != QueryStatus.Ok || !Utf8Parser.TryParse(decoded[..length], out uint seconds, out int consumed) || consumed != length)
            return false;
        time = TimeSpan.FromSeconds(seconds);
        return time <= Limits.LongestRefusal;
    }
}
