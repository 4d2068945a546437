using System.Text;
using Keker.Protocol.Commands;
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
/// One reader, which waits while somebody else checks; the heartbeat comes from another thread and ends what is over. The lock of this guards rights and topics between
/// the two; it comes before those of the broker.
/// </remarks>
internal sealed class CheckedSession : WebSocketSession
{
    private static readonly ReadOnlyMemory<byte> LongWord = Encoding.ASCII.GetBytes($"AUTH_INFO too long: at most {AuthInfo.MaxCheckedLength} bytes");
    private static readonly ReadOnlyMemory<byte> LongHello = Encoding.ASCII.GetBytes($"HELLO too long: at most {Limits.CheckedHelloMessageBytes} bytes");

    private readonly AccessPolicy _access;
    private readonly Visitor? _visitor;
    private SessionRights _rights = new();
    private Func<Task>? _giveUp;

    public CheckedSession(Connection connection, ServerContext server, AccessPolicy access, Visitor? visitor, Variant variant)
        : base(connection, server, variant)
    {
        _access = access;
        _visitor = visitor;
    }

    protected override bool IsChecked => true;

    protected override ReadOnlyMemory<byte> TooBigHello => LongHello;

    protected override ReadOnlyMemory<byte> TooLongWord => LongWord;

    protected override int MostMessageBytes =>
        SaidHello ? Math.Max(base.MostMessageBytes, Limits.CheckedHelloMessageBytes) : Limits.CheckedHelloMessageBytes;

    /// <summary>Nothing is waited for any more: it is being closed, or its peer is gone.</summary>
    private bool IsOver => Session.CloseRequested is { AfterLog: false } || Connection.IsAborted;

    public override void OnHeartbeat(long now)
    {
        // Nobody reads the end of its peer while it waits: the place in the queue is somebody else's then.
        if (Volatile.Read(ref _giveUp) is { } giveUp && Connection.HasPeerEnded)
            _ = giveUp();
        long second = _access.Now;
        if (_rights.HasEnded(second) && Session.CloseRequested is null)
        {
            _access.Refused(RefusalReason.Expired, "session");
            Session.RequestClose(CloseCode.Unauthorized, CloseReasons.Expired);
        }
        else if (_rights.HasEndedTopic(second))
        {
            EndTopics(second);
        }
        base.OnHeartbeat(now);
    }

    protected override void EndWithoutHello(TimeSpan timeout)
    {
        if (Volatile.Read(ref _giveUp) is null)
        {
            base.EndWithoutHello(timeout);
            return;
        }
        _access.Refused(RefusalReason.Undecided, "HELLO");
        Session.RequestClose(CloseCode.TryAgainLater, CloseReasons.Undecided);
    }

    protected override void TakeHello(in ClientCommand command)
    {
        var asking = new CancellationTokenSource();
        Volatile.Write(ref _giveUp, asking.CancelAsync);
        Wait(BeginAsync(CheckAsync(command.Name, asking.Token), ResumeOf(command), command.HasBadId));
        if (SaidHello && Pause is null)
            (Frames.MaxMessageBytes, Frames.MaxFragments) = (MostMessageBytes, MostFragments);
    }

    protected override void TakeHelloAgain(in ClientCommand command) => Wait(RenewAsync(CheckAsync(command.Name)));

    /// <summary>Whoever guesses is not told whether it was right.</summary>
    private ValueTask<Decision> CheckAsync(ReadOnlySpan<byte> word, CancellationToken cancellation = default)
    {
        if (Server.Guesses?.IsRefused(AddressKey.Of(Connection)) is not true)
            return _access.CheckAsync(word, _visitor, cancellation);
        Server.Counters.RateLimited.Increment();
        return Decision.RefuseNow(RefusalReason.Undecided);
    }

    protected override void Subscribe(in ClientCommand command)
    {
        if (IsAllowed(command.Name))
            base.Subscribe(command);
        else if (command.Proof.IsEmpty)
            Wait(TakeLimit(command.Name) is { } end ? SubscribeUntilAsync(command.Name.ToArray(), ResumeOf(command), end) : RefuseTopic(command.Name, RefusalReason.Topic));
        else
            Wait(SubscribeByTokenAsync(_access.CheckSubscriptionAsync(command.Proof), command.Name.ToArray(), ResumeOf(command)));
    }

    protected override bool TryJoinTopic(ReadOnlySpan<byte> name, ResumePoint? resume, out JoinResult joined)
    {
        lock (this)
            return base.TryJoinTopic(name, resume, out joined);
    }

    protected override bool LeaveTopic(ReadOnlySpan<byte> name)
    {
        lock (this)
        {
            _rights.Forget(name);
            return base.LeaveTopic(name);
        }
    }

    /// <summary>Nothing is read before something is done, where it is not done already.</summary>
    private void Wait(Task task)
    {
        if (!task.IsCompletedSuccessfully)
            Pause = task;
    }

    private async Task BeginAsync(ValueTask<Decision> asked, ResumePoint? resume, bool hadBadId)
    {
        Decision decision = await asked.ConfigureAwait(false);
        Volatile.Write(ref _giveUp, null);
        if (IsOver)
            return;
        if (decision.Grant is not { } grant)
        {
            RefuseHello(decision.Reason);
            return;
        }
        Renew(grant);
        if (!TryBegin(grant.Token, resume, out JoinResult own))
            return;
        if (Session is TaggedSession tagged)
            await TaggedStart.WelcomeAsync(Server.Broker, tagged, own, hadBadId).ConfigureAwait(false);
        else
            Server.Broker.Deliver(own);
        await JoinChannelsAsync(grant).ConfigureAwait(false);
    }

    /// <summary>New rights without a replay. Where nobody can say whether they are good, the old ones run out at their time.</summary>
    private async Task RenewAsync(ValueTask<Decision> asked)
    {
        Decision decision = await asked.ConfigureAwait(false);
        if (IsOver)
            return;
        bool isOther = decision.Grant is { } other && !other.Token.AsSpan().SequenceEqual(Session.Token);
        if (decision.Reason == RefusalReason.Undecided)
        {
            _access.Refused(decision.Reason, "renewing HELLO");
            if (IsTagged)
                await Session.SendAsync(TaggedAnswers.Undecided()).ConfigureAwait(false);
        }
        else if (decision.Grant is not { } grant || isOther)
        {
            RefuseHello(isOther ? RefusalReason.OtherSubject : decision.Reason);
        }
        else
        {
            Renew(grant);
            if (IsTagged)
                await Session.SendAsync(TaggedAnswers.Welcome(new JoinResult(Session.OwnTopic!, PredecessorCheck: null, Resume: null))).ConfigureAwait(false);
            await LeaveForbiddenAsync().ConfigureAwait(false);
            await JoinChannelsAsync(grant).ConfigureAwait(false);
        }
    }

    private void Renew(Grant grant)
    {
        lock (this)
            _rights.Renew(grant);
    }

    private async Task JoinChannelsAsync(Grant grant)
    {
        foreach (byte[] channel in grant.Channels)
        {
            if (IsOver)
                return;
            if (!IsSubscribed(channel) && SubscribeAsync(channel, resume: null) is { } answer)
                await answer.ConfigureAwait(false);
        }
    }

    private async Task LeaveForbiddenAsync()
    {
        foreach (byte[] topic in Session.TopicNames())
        {
            if (IsAllowed(topic) || HasToken(topic) || !LeaveTopic(topic))
                continue;
            _access.Refused(RefusalReason.Topic, "subscription");
            if (IsTagged)
                await Session.SendAsync(TaggedAnswers.NotAllowed(topic)).ConfigureAwait(false);
        }
    }

    private async Task SubscribeByTokenAsync(ValueTask<Decision> asked, byte[] topic, ResumePoint? resume)
    {
        Decision decision = await asked.ConfigureAwait(false);
        if (IsOver)
            return;
        bool isOther = decision.Grant is { } other && !other.Token.AsSpan().SequenceEqual(Session.Token);
        bool isForOther = decision.Grant is { } grant && !grant.Topics.Matches(topic);
        RefusalReason reason = isOther ? RefusalReason.OtherSubject : isForOther ? RefusalReason.Topic : decision.Reason;
        if (reason != RefusalReason.None)
        {
            await RefuseTopic(topic, reason).ConfigureAwait(false);
            return;
        }
        TakeLimit(topic);
        await SubscribeUntilAsync(topic, resume, decision.Grant!.EndsAt).ConfigureAwait(false);
    }

    /// <summary>The topic has its end once the answer is out: that it ends must not be told before. An older end is taken first, lest the heartbeat ends it meanwhile.</summary>
    private async Task SubscribeUntilAsync(byte[] topic, ResumePoint? resume, long end)
    {
        if (SubscribeAsync(topic, resume) is { } answer)
            await answer.ConfigureAwait(false);
        lock (this)
        {
            if (IsSubscribed(topic))
                _rights.Limit(topic, end);
        }
    }

    /// <inheritdoc cref="SessionRights.TakeEnd"/>
    private long? TakeLimit(ReadOnlySpan<byte> topic)
    {
        lock (this)
            return _rights.TakeEnd(topic);
    }

    /// <summary>For the heartbeat: tokens for one topic are over, and with them the topics.</summary>
    private void EndTopics(long second)
    {
        byte[][] ended;
        lock (this)
        {
            ended = Array.FindAll(_rights.TakeEnded(second), topic => !_rights.Allows(topic) && !_access.IsPublic(topic) && Server.Broker.UnsubscribeFrom(Session, topic));
        }
        foreach (byte[] topic in ended)
        {
            _access.Refused(RefusalReason.Expired, "subscription");
            if (IsTagged)
                _ = Session.SendAsync(TaggedAnswers.NotAllowed(topic));
        }
    }

    private bool IsAllowed(ReadOnlySpan<byte> topic)
    {
        lock (this)
            return _rights.Allows(topic) || _access.IsPublic(topic);
    }

    private bool HasToken(ReadOnlySpan<byte> topic)
    {
        lock (this)
            return _rights.HasToken(topic);
    }

    private bool IsSubscribed(ReadOnlySpan<byte> topic) => Server.Broker.Context.NamedTopics.Find(topic) is { } known && Session.Find(known) is not null;

    private Task RefuseTopic(ReadOnlySpan<byte> topic, RefusalReason reason)
    {
        _access.Refused(reason, "SUBSCRIBE");
        NoteGuess(reason);
        bool isUndecided = reason == RefusalReason.Undecided;
        if (IsTagged)
            return Session.SendAsync(isUndecided ? TaggedAnswers.Undecided() : TaggedAnswers.NotAllowed(topic));
        if (isUndecided)
            Close(CloseCode.TryAgainLater, CloseReasons.Undecided);
        else
            Close(CloseCode.Forbidden, CloseReasons.NotAllowed(topic));
        return Task.CompletedTask;
    }

    private void RefuseHello(RefusalReason reason)
    {
        _access.Refused(reason, "HELLO");
        NoteGuess(reason);
        bool isUndecided = reason == RefusalReason.Undecided;
        Close(isUndecided ? CloseCode.TryAgainLater : CloseCode.Unauthorized, isUndecided ? CloseReasons.Undecided : CloseReasons.BadToken);
    }

    private void NoteGuess(RefusalReason reason)
    {
        if (reason.IsGuess())
            Server.Guesses?.NoteWrong(AddressKey.Of(Connection));
    }
}
