using System.Buffers;
using Keker.Protocol.Http;
using Keker.Server.Http.Endpoints;
using Keker.Server.Presence;

namespace Keker.Server.Http.Console;

/// <summary>What all have in common that answer a question of the console: the answer is put together bit by bit, never on a thread that serves others.</summary>
/// <param name="server">The server.</param>
/// <param name="message">What the answer says that it is.</param>
internal abstract class LongEndpoint(ServerContext server, string message) : Endpoint(server)
{
    /// <summary>Seconds: those that are under way end soon.</summary>
    private const int RetryAfter = 1;

    private static readonly byte[] End = [.. "}"u8];

    private readonly byte[] _beginning = System.Text.Encoding.ASCII.GetBytes($"{{\"message\":\"{message}\",\"data\":");

    public override ReadOnlySpan<byte> Allow => "GET"u8;

    public override bool IsPrivileged => true;

    public override bool Allows(RequestMethod method) => method == RequestMethod.Get;

    public override bool TryAccept(HttpExchange exchange, ReadOnlySpan<byte> head)
    {
        if (!Server.Presence.HasRoomForOnlooker)
            return Refuse(exchange, 503, "too many long lists are under way: try again later"u8, RetryAfter);
        ILongAnswer? answer = Answer(exchange.Head, head, out ReadOnlySpan<byte> mistake);
        if (answer is null)
            return Refuse(exchange, 400, mistake);
        exchange.Upgrade = new Upgrade(UpgradeKind.LongAnswer, LongAnswer: LongAnswer.To(exchange, default, _beginning, answer, End));
        return false;
    }

    public override void Handle(HttpExchange exchange, in ReadOnlySequence<byte> body) => throw new NotSupportedException();

    /// <summary>What answers a request; null where something is wrong with it.</summary>
    /// <param name="request">A complete head.</param>
    /// <param name="head">The bytes it was parsed from.</param>
    /// <param name="mistake">What is wrong and what to do about it, in ASCII.</param>
    protected abstract ILongAnswer? Answer(RequestHead request, ReadOnlySpan<byte> head, out ReadOnlySpan<byte> mistake);
}
