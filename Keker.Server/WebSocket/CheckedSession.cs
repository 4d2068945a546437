using System.Text;
using Keker.Protocol.Commands;
using Keker.Protocol.Tokens;
using Keker.Protocol.WebSocket;
using Keker.Server.Access;
using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;

namespace Keker.Server.WebSocket;

/// <summary>A subscriber where it is checked who may: its HELLO is looked into, its topics are those that it has a right to, and its time ends.</summary>
/// <remarks>
/// One reader, which waits while somebody else checks; the heartbeat comes from another thread and ends what is over. The lock of this guards the topics between the
/// two; it comes before those of the broker.
/// </remarks>
internal sealed class CheckedSession : WebSocketSession
{
    private static readonly ReadOnlyMemory<byte> LongWord = Encoding.ASCII.GetBytes($"AUTH_INFO too long: at most {AuthInfo.MaxCheckedLength} bytes");
    private static readonly ReadOnlyMemory<byte> LongHello = Encoding.ASCII.GetBytes($"HELLO too long: at most {Limits.CheckedHelloMessageBytes} bytes");

    private readonly AccessPolicy _access;
    private NamePatterns _topics = NamePatterns.None;
    private long _endsAt = Grant.Never;
    private bool _isAsking;

    public CheckedSession(Connection connection, ServerContext server, AccessPolicy access, Variant variant)
        : base(connection, server, variant)
    {
        _access = access;
    }

    protected override bool IsChecked => true;

    protected override ReadOnlyMemory<byte> TooBigHello => LongHello;

    protected override ReadOnlyMemory<byte> TooLongWord => LongWord;

    protected override int MostMessageBytes =>
        SaidHello ? Math.Max(base.MostMessageBytes, Limits.CheckedHelloMessageBytes) : Limits.CheckedHelloMessageBytes;

    public override void OnHeartbeat(long now)
    {
        if (Session.CloseRequested is null && Volatile.Read(ref _endsAt) <= _access.Now)
        {
            _access.Refused(RefusalReason.Expired, "session");
            Session.RequestClose(CloseCode.Unauthorized, CloseReasons.Expired);
        }
        base.OnHeartbeat(now);
    }

    protected override void EndWithoutHello(TimeSpan timeout)
    {
        if (Volatile.Read(ref _isAsking))
            Session.RequestClose(CloseCode.TryAgainLater, CloseReasons.Undecided);
        else
            base.EndWithoutHello(timeout);
    }

    protected override void TakeHello(in ClientCommand command)
    {
        ValueTask<Decision> decision = _access.CheckAsync(command.Name);
        Wait(BeginAsync(decision, ResumeOf(command), command.HasBadId));
        if (SaidHello && Pause is null)
            (Frames.MaxMessageBytes, Frames.MaxFragments) = (MostMessageBytes, MostFragments);
    }

    /// <summary>Nothing is read before something is done, where it is not done already.</summary>
    private void Wait(Task task)
    {
        if (!task.IsCompletedSuccessfully)
            Pause = task;
    }

    private async Task BeginAsync(ValueTask<Decision> asked, ResumePoint? resume, bool hadBadId)
    {
        Volatile.Write(ref _isAsking, true);
        Decision decision = await asked.ConfigureAwait(false);
        Volatile.Write(ref _isAsking, false);
        if (Session.CloseRequested is { AfterLog: false } || Connection.IsAborted)
            return;
        if (decision.Grant is not { } grant)
        {
            Refuse(decision.Reason);
            return;
        }
        Install(grant);
        if (!TryBegin(grant.Token, resume, out JoinResult own))
            return;
        if (Session is TaggedSession tagged)
            await TaggedStart.WelcomeAsync(Server.Broker, tagged, own, hadBadId).ConfigureAwait(false);
        else
            Server.Broker.Deliver(own);
    }

    private void Install(Grant grant)
    {
        _topics = grant.Topics;
        Volatile.Write(ref _endsAt, grant.EndsAt);
    }

    private void Refuse(RefusalReason reason)
    {
        _access.Refused(reason, "HELLO");
        if (reason == RefusalReason.Undecided)
            Close(CloseCode.TryAgainLater, CloseReasons.Undecided);
        else
            Close(CloseCode.Unauthorized, CloseReasons.BadToken);
    }
}
