using System.Text;
using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Confirming;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server.WebSocket;

/// <summary>A subscriber: its first message is HELLO, and after that it may ask for topics.</summary>
internal class WebSocketSession : FramePhase
{
    private static readonly ReadOnlyMemory<byte> MalformedHello = "expected: HELLO <AUTH_INFO>"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> LongAuthInfo = Encoding.ASCII.GetBytes($"AUTH_INFO too long: at most {AuthInfo.MaxLength} bytes");
    private static readonly ReadOnlyMemory<byte> LongHello = Encoding.ASCII.GetBytes($"HELLO too long: at most {Limits.HelloMessageBytes} bytes");
    private static readonly ReadOnlyMemory<byte> MalformedCommand = "expected: SUBSCRIBE <topic> or UNSUBSCRIBE <topic>"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> TooManyTopics = "too many topics"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> BinaryRefused = "binary messages are not accepted"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Flooding = "too many messages: subscribers say HELLO and listen"u8.ToArray();

    private MessageBuffer? _message;
    private Talk? _talk;
    private int _inflated;

    public WebSocketSession(Connection connection, ServerContext server, Variant variant = Variant.Plain)
        : base(connection, server, variant, confirms: true)
    {
    }

    protected override MessageBuffer Sink => _message ??= new MessageBuffer(Server.Input) { MayOverdraw = SaidHello };

    protected override ReadOnlyMemory<byte> TooBig => SaidHello ? base.TooBig : TooBigHello;

    protected override bool IsPinged => SaidHello;

    protected override int MostMessageBytes => SaidHello ? Server.Options.ReadBuffer : Limits.HelloMessageBytes;

    protected override int MostFragments => SaidHello ? Limits.MessageFragments : Limits.HelloMessageFragments;

    /// <summary>Whether it is checked who may.</summary>
    protected virtual bool IsChecked => false;

    /// <summary>The reason that goes with 1009 before HELLO.</summary>
    protected virtual ReadOnlyMemory<byte> TooBigHello => LongHello;

    /// <summary>The reason that goes with 1008 where the word of HELLO is too long.</summary>
    protected virtual ReadOnlyMemory<byte> TooLongWord => LongAuthInfo;

    /// <summary>Whether the client speaks <c>keker.v2</c>.</summary>
    protected bool IsTagged => Session.Variant == Variant.Tagged;

    /// <summary>Whether the session has begun.</summary>
    protected bool SaidHello => Session.OwnTopic is not null;

    public override void OnHeartbeat(long now)
    {
        EndPause(now);
        TimeSpan timeout = Server.Options.Timeout;
        if (!SaidHello && Session.CloseRequested is null && now - LastHeard >= timeout.TotalMilliseconds)
            EndWithoutHello(timeout);
        else
            base.OnHeartbeat(now);
    }

    protected override void OnMessage(OpCode opCode)
    {
        bool isHello = !SaidHello;
        if (opCode == OpCode.Binary)
            CloseForError(CloseCode.UnsupportedData, BinaryRefused);
        else
            OnText();
        Forget();

        // Everybody has to say that once.
        if (!isHello)
            OnUnaskedFrame();
    }

    protected override void Forget()
    {
        _message?.Clear();
        _message = null;
    }

    /// <summary>Every frame that nobody asked for costs; with nothing left, reading pauses and the peer's own buffers fill up.</summary>
    protected override void OnUnaskedFrame()
    {
        int inflatedFrames = _inflated / Limits.InflatedBytesPerFrame;
        _inflated = 0;
        if (IsDeaf)
            return;
        _talk ??= new Talk(Server.Clock.Now);
        if (_talk.Budget.TrySpend(Server.Clock.Now, 1 + inflatedFrames))
            return;
        var pause = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Pause = Pause is { } answer ? Task.WhenAll(answer, pause.Task) : pause.Task;

        // Last: from here on the heartbeat may end it, and forget it.
        _talk.Pause = pause;
    }

    private void OnText()
    {
        if (!Frames.MessageCompressed)
        {
            TakeText(_message is null ? default : _message.Written.Span);
            return;
        }
        var inflated = new MessageBuffer(Server.Input, isBrief: true);
        try
        {
            if (TryInflate(OpCode.Text, _message!.Written, inflated))
                TakeText(inflated.Written.Span);
            _inflated = inflated.Length;
        }
        finally
        {
            inflated.Clear();
        }
    }

    private void TakeText(ReadOnlySpan<byte> text)
    {
        ClientCommand command = ClientCommand.Parse(text, IsTagged, IsChecked);
        if (SaidHello)
            TakeCommand(command, text);
        else if (command.Kind == CommandKind.Hello)
            TakeHello(command);
        else
            Close(CloseCode.PolicyViolation, command.IsTooLong ? TooLongWord : MalformedHello);
    }

    /// <summary>The time for HELLO is over.</summary>
    protected virtual void EndWithoutHello(TimeSpan timeout) =>
        Session.RequestClose(CloseCode.PolicyViolation, Encoding.UTF8.GetBytes($"no HELLO within {(long)timeout.TotalSeconds} s"));

    /// <summary>The first HELLO.</summary>
    protected virtual void TakeHello(in ClientCommand command)
    {
        if (!TryBegin(command.Name, ResumeOf(command), out JoinResult own))
            return;
        (Frames.MaxMessageBytes, Frames.MaxFragments) = (MostMessageBytes, MostFragments);
        if (Session is TaggedSession tagged)
            Pause = TaggedStart.WelcomeAsync(Server.Broker, tagged, own, hadBadId: command.HasBadId);
        else
            Server.Broker.Deliver(own);
    }

    /// <summary>The session begins; nothing is delivered yet. For whoever reads the connection.</summary>
    /// <param name="token">Its token.</param>
    /// <param name="resume">The last message it has; null when it does not say.</param>
    /// <param name="own">Where it begins.</param>
    /// <returns>False when it ends instead.</returns>
    protected bool TryBegin(ReadOnlySpan<byte> token, ResumePoint? resume, out JoinResult own)
    {
        own = default;
        if (Server.Memory.Pressure == MemoryPressure.Hard)
        {
            Close(CloseCode.TryAgainLater, CloseReasons.NoMemory);
            return false;
        }
        if (IsRefused(token))
            return false;
        Connection.UncountStranger();
        Heard();
        if (!Server.Broker.TryJoin(Session, token, resume, out own))
            return false;

        // Whoever logs its sessions out may have visited them meanwhile, and not found this one.
        IsRefused(token);
        if (Server.Log.IsEnabled(LogLevel.Debug))
            Server.Log.SaidHello(LogText.Token(token));
        return true;
    }

    /// <summary>A HELLO after the first. In an open server it has no meaning.</summary>
    protected virtual void TakeHelloAgain(in ClientCommand command)
    {
    }

    /// <summary>Whether the backend has logged the token out for a time; then the session is closed.</summary>
    private bool IsRefused(ReadOnlySpan<byte> token)
    {
        bool isRefused = Server.Presence.Refuses(token);
        if (isRefused)
            Close(CloseCode.Forbidden, CloseReasons.LoggedOut);
        return isRefused;
    }

    private void TakeCommand(in ClientCommand command, ReadOnlySpan<byte> text)
    {
        switch (command.Kind)
        {
            case CommandKind.Hello:
                TakeHelloAgain(command);
                break;
            case CommandKind.Subscribe:
                Subscribe(command);
                break;
            case CommandKind.Unsubscribe:
                Unsubscribe(command.Name);
                break;
            case CommandKind.Ping:
                Answer(TaggedAnswers.Pong(command.Name));
                break;
            case CommandKind.Malformed when !text.StartsWith("HELLO"u8):
                Refuse(command.Error, MalformedCommand);
                break;
            default:
                // Text without a meaning is ignored where there is no way to answer it.
                if (IsTagged)
                    Answer(TaggedAnswers.Error(ErrorCode.BadCommand));
                break;
        }
    }

    private void EndPause(long now)
    {
        // The reader does not touch the budget while it pauses.
        if (_talk is not { } talk || Interlocked.Exchange(ref talk.Pause, null) is not { } pause)
            return;
        if (talk.Budget.IsFlooding(now))
            Close(CloseCode.PolicyViolation, Flooding);
        else if (!talk.Budget.Refill(now))
        {
            talk.Pause = pause;
            return;
        }
        pause.SetResult();
    }

    /// <summary>SUBSCRIBE.</summary>
    protected virtual void Subscribe(in ClientCommand command)
    {
        if (SubscribeAsync(command.Name, ResumeOf(command)) is { } answer)
            Pause = answer;
    }

    /// <summary>Subscribes to a topic, and answers. For whoever reads the connection.</summary>
    /// <returns>Nothing is read before it completes; null where there is no answer to wait for.</returns>
    protected Task? SubscribeAsync(ReadOnlySpan<byte> name, ResumePoint? resume)
    {
        if (!Server.HasMemoryForSubscription())
        {
            if (IsTagged)
                return Session.SendAsync(TaggedAnswers.Error(ErrorCode.TryLater));
            Close(CloseCode.TryAgainLater, CloseReasons.NoMemory);
        }
        else if (!TryJoinTopic(name, resume, out JoinResult joined))
        {
            if (IsTagged)
                return Session.SendAsync(TaggedAnswers.Error(ErrorCode.TooManyTopics));
            Close(CloseCode.PolicyViolation, TooManyTopics);
        }
        else if (Session is TaggedSession tagged)
        {
            return TaggedStart.SubscribedAsync(Server.Broker, tagged, joined);
        }
        else
        {
            Server.Broker.Deliver(joined);
        }
        return null;
    }

    /// <inheritdoc cref="MessageBroker.TryJoinTopic"/>
    protected virtual bool TryJoinTopic(ReadOnlySpan<byte> name, ResumePoint? resume, out JoinResult joined) =>
        Server.Broker.TryJoinTopic(Session, name, resume, out joined);

    /// <inheritdoc cref="MessageBroker.UnsubscribeFrom"/>
    protected virtual bool LeaveTopic(ReadOnlySpan<byte> name) => Server.Broker.UnsubscribeFrom(Session, name);

    private void Unsubscribe(ReadOnlySpan<byte> name)
    {
        bool left = LeaveTopic(name);
        if (IsTagged)
            Answer(left ? TaggedAnswers.Unsubscribed(name) : TaggedAnswers.Error(ErrorCode.NotSubscribed));
    }

    /// <summary>A mistake is answered where the client can be answered, and ends the connection where it cannot.</summary>
    private void Refuse(ErrorCode code, ReadOnlyMemory<byte> reason)
    {
        if (IsTagged)
            Answer(TaggedAnswers.Error(code));
        else
            Close(CloseCode.PolicyViolation, reason);
    }

    /// <summary>Nothing more is read before the answer is out: who does not take its answers gives no more commands.</summary>
    protected void Answer(byte[] frame) => Pause = Session.SendAsync(frame);

    /// <summary>What a command says that the client has; null where it says nothing.</summary>
    protected static ResumePoint? ResumeOf(in ClientCommand command) => command.HasId ? new ResumePoint(command.Id) : null;
}
