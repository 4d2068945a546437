using System.Buffers;
using System.Text;
using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server.WebSocket;

/// <summary>A subscriber: its first message is HELLO, and after that it has nothing to say.</summary>
internal sealed class WebSocketSession : FramePhase
{
    private static readonly ReadOnlyMemory<byte> MalformedHello = "expected: HELLO <AUTH_INFO>"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> BinaryRefused = "binary messages are not accepted"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Flooding = "too many messages: subscribers say HELLO and listen"u8.ToArray();

    private MessageBuffer? _message;
    private FrameBudget _budget;
    private TaskCompletionSource? _pause;

    public WebSocketSession(Connection connection, ServerContext server, bool deflates = false)
        : base(connection, server, deflates, confirms: true, Limits.HelloMessageBytes, Limits.HelloMessageFragments)
    {
        _budget = new FrameBudget(server.Clock.Now);
    }

    /// <summary>After HELLO a message is only checked; a compressed one has to be whole for that.</summary>
    protected override IBufferWriter<byte>? Sink => SaidHello && Session.Variant != Variant.Deflated ? null : _message ??= new MessageBuffer();

    protected override bool IsPinged => SaidHello;

    private bool SaidHello => Session.OwnTopic is not null;

    public override void OnHeartbeat(long now)
    {
        EndPause(now);
        TimeSpan timeout = Server.Options.Timeout;
        if (!SaidHello && Session.CloseRequested is null && now - LastHeard >= timeout.TotalMilliseconds)
            Session.RequestClose(CloseCode.PolicyViolation, Encoding.UTF8.GetBytes($"no HELLO within {(long)timeout.TotalSeconds} s"));
        else
            base.OnHeartbeat(now);
    }

    protected override void OnMessage(OpCode opCode)
    {
        if (opCode == OpCode.Binary)
            Close(CloseCode.UnsupportedData, BinaryRefused);
        else
            OnText();
        _message?.Clear();
        _message = null;
        OnUnaskedFrame();
    }

    /// <summary>Every frame that nobody asked for costs; with nothing left, reading pauses and the peer's own buffers fill up.</summary>
    protected override void OnUnaskedFrame()
    {
        if (IsDeaf || _budget.TrySpend(Server.Clock.Now))
            return;
        _pause = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Pause = _pause.Task;
    }

    private void OnText()
    {
        if (!Frames.MessageCompressed)
        {
            TakeText(_message is null ? default : _message.Written.Span);
            return;
        }
        var inflated = new MessageBuffer();
        if (TryInflate(OpCode.Text, _message!.Written, inflated))
            TakeText(inflated.Written.Span);
        inflated.Clear();
    }

    private void TakeText(ReadOnlySpan<byte> text)
    {
        // Text after HELLO has no meaning yet.
        if (SaidHello)
            return;
        if (HelloCommand.Parse(text, out ReadOnlySpan<byte> token) != HelloStatus.Ok)
        {
            Close(CloseCode.PolicyViolation, MalformedHello);
            return;
        }
        Frames.MaxMessageBytes = Server.Options.ReadBuffer;
        Frames.MaxFragments = Limits.MessageFragments;
        Heard();
        Server.Broker.Subscribe(Session, token);
        if (Server.Log.IsEnabled(LogLevel.Debug))
            Server.Log.SaidHello(LogText.Token(token));
    }

    private void EndPause(long now)
    {
        // The reader does not touch the budget while it pauses.
        if (Interlocked.Exchange(ref _pause, null) is not { } pause)
            return;
        if (_budget.IsFlooding(now))
            Close(CloseCode.PolicyViolation, Flooding);
        else if (!_budget.Refill(now))
        {
            _pause = pause;
            return;
        }
        pause.SetResult();
    }
}
