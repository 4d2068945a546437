using System.Buffers;
using Keker.Protocol.Http;
using Keker.Protocol.Proxy;
using Keker.Server.Broker.Topics;
using Keker.Server.Observability;
using Keker.Server.Options;
using Keker.Server.Presence;

namespace Keker.Server.Http.Endpoints;

/// <summary><c>/v1/sessions</c>: GET says who is here with a token or in a topic, DELETE logs them out. Tokens are secrets: never for everybody.</summary>
internal sealed class PresenceEndpoint(ServerContext server) : Endpoint(server)
{
    /// <summary>Seconds: those that are under way end soon.</summary>
    private const int RetryAfter = 1;

    private static readonly byte[] DefaultReason = [.. "logged out"u8];
    private static readonly byte[] ListBeginning = [.. "{\"message\":\"sessions\",\"data\":"u8];
    private static readonly byte[] LogOutBeginning = [.. "{\"message\":\"sessions logged out\",\"data\":"u8];
    private static readonly byte[] End = [.. "}"u8];

    public override ReadOnlySpan<byte> Allow => "GET, DELETE"u8;

    public override bool IsPrivileged => true;

    public override bool Allows(RequestMethod method) => method is RequestMethod.Get or RequestMethod.Delete;

    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        if (Server.IsOpenToAll)
            return Refuse(exchange, 403, "sessions show tokens: start the server with --publish-key or --admin-listen to see them"u8);
        SessionsRequest? request = SessionsRequest.Read(exchange.Head.Query.In(head), out ReadOnlySpan<byte> mistake);
        if (request is null)
            return Refuse(exchange, 400, mistake);
        bool isLogOut = exchange.Head.Method == RequestMethod.Delete;

        // Before anybody is closed: who was, and is quick, would be in again.
        if (isLogOut && request.Refuse is { } time && !Server.Presence.Refused.TryRefuse(request.Sessions.Name, time))
            return Refuse(exchange, 503, "too many tokens are refused: try again later"u8, RetryAfter);
        bool isLong = request.Sessions.Find(Server.Broker.Context) is { MemberCount: > Limits.SmallPassMembers };
        if (isLong && !Server.Presence.HasRoomForAnswer)
            return Refuse(exchange, 503, "too many long lists are under way: try again later"u8, RetryAfter);
        ILongAnswer answer = isLogOut ? LogOut(request, exchange, head) : new SessionList(request.Sessions, Server.Broker.Context);
        if (isLong)
            exchange.Upgrade = new Upgrade(UpgradeKind.LongAnswer, LongAnswer: LongAnswer.To(exchange, default, isLogOut ? LogOutBeginning : ListBeginning, answer, End));
        else
            AnswerAtOnce(exchange, isLogOut ? "sessions logged out"u8 : "sessions"u8, answer);
        return false;
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body) => throw new NotSupportedException();

    private SessionLogOut LogOut(SessionsRequest request, HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        string address = AddressOf(exchange, head);
        string key = LogText.Key(BearerField.Find(exchange.Head, head));
        ReadOnlyMemory<byte> reason = request.Reason.Length > 0 ? request.Reason : DefaultReason;
        return new SessionLogOut(request.Sessions, reason, Server.Broker.Context, count => Note(request, count, address, key));
    }

    private string AddressOf(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        if (Server.Proxies.FindClient(exchange.Connection, exchange.Head, head, out _) is { } client)
            return LogText.Address(client);
        Span<byte> address = stackalloc byte[ProxyHeader.AddressBytes];
        return LogText.Address(address[..exchange.Connection.WriteAddress(address)]);
    }

    private void Note(SessionsRequest request, int count, string address, string key)
    {
        string kind = request.Sessions.Kind == TopicKind.Token ? "token" : "topic";
        Server.Log.LoggedOut(count, kind, LogText.Token(request.Sessions.Name), (long)(request.Refuse ?? TimeSpan.Zero).TotalSeconds, address, key);
    }

    private static void AnswerAtOnce(HttpExchange exchange, ReadOnlySpan<byte> message, ILongAnswer answer)
    {
        using (answer)
        {
            var json = new ArrayBufferWriter<byte>();
            while (answer.TryWrite(json))
            {
            }
            JsonAnswers.WriteMessage(exchange.Answers, 200, message, json.WrittenSpan, exchange.Headers());
        }
    }
}
