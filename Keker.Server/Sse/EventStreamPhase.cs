using System.Buffers;
using Keker.Protocol.Commands;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;
using Keker.Server.Broker.Topics;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Sse;

/// <summary>A connection after the head of an event stream (WHATWG HTML 9.2): a subscriber that listens, and has nothing to say.</summary>
/// <remarks>One reader; the heartbeat and the drain come from other threads.</remarks>
internal class EventStreamPhase : ReadingPhase
{
    private readonly ServerContext _server;
    private readonly EventStreamSession _session;
    private readonly byte[]? _token;
    private readonly byte[][] _topics;
    private readonly ResumePoint?[] _resumes;
    private long _lastKeepAlive;
    private long _lastLook;
    private SilenceWatch _silence;
    private long _dropped;

    /// <param name="connection">The connection.</param>
    /// <param name="server">What all connections share.</param>
    /// <param name="head">The head of the answer, not sent yet.</param>
    /// <param name="token">Valid AUTH_INFO; null for a stream of topics alone.</param>
    /// <param name="topics">Valid names, each once.</param>
    /// <param name="after">For each subscription, that of the token first, the id of the last message that the client got, if it says one.</param>
    public EventStreamPhase(Connection connection, ServerContext server, byte[] head, byte[]? token, byte[][] topics, MessageId?[] after)
        : base(connection)
    {
        _server = server;
        _token = token;
        _topics = topics;
        _resumes = Array.ConvertAll(after, id => id is { } known ? new ResumePoint(known) : null);
        _session = _resumes.Length > 1
            ? new ListedStreamSession(connection, server.Broker.Context) { Head = head }
            : new EventStreamSession(connection, server.Broker.Context, _resumes[0]) { Head = head };
        _lastKeepAlive = server.Clock.Now;
    }

    /// <summary>One of topics alone, whose sending side is made already.</summary>
    protected EventStreamPhase(Connection connection, ServerContext server, EventStreamSession session, byte[][] topics)
        : base(connection)
    {
        _server = server;
        _topics = topics;
        _resumes = new ResumePoint?[topics.Length];
        _session = session;
        _lastKeepAlive = server.Clock.Now;
    }

    /// <summary>The sending side.</summary>
    protected EventStreamSession Session => _session;

    protected override ILogger Log => _server.Log;

    protected override bool IsDraining => _server.IsDraining;

    protected override bool HasHeardEnough => _dropped > Limits.ShortLingerBytes;

    public override void OnHeartbeat(long now)
    {
        if (_session.CloseRequested is { } close)
        {
            if (CloseDeadline.IsOver(Connection, close, now))
                Connection.Abort();
            return;
        }
        TimeSpan timeout = _server.Options.Timeout;
        long waitingSince = _session.WaitingSince;
        if (waitingSince > 0 && now - waitingSince >= timeout.TotalMilliseconds)
        {
            _session.RequestClose(CloseCode.TryAgainLater, default);
            return;
        }
        if (IsSilent(now))
        {
            Connection.Abort();
            return;
        }
        if (waitingSince > 0)
            return;
        _session.ConfirmOld(now);
        if (now - _lastKeepAlive < timeout.TotalMilliseconds / 2)
            return;
        _lastKeepAlive = now;
        _session.SendKeepAlive();
    }

    public override void Drain() => _session.RequestClose(CloseCode.GoingAway, default, afterLog: true);

    protected override void OnStart()
    {
        // A subscriber before it can be drained: a stream that was ended first would join its topics all the same.
        JoinResult[] joined = Join();

        // Whoever logs its sessions out may have visited them since the request was taken, and not found this one.
        if (_token is not null && _server.Presence.Refused.Contains(_token))
            _session.RequestClose(CloseCode.Forbidden, default);
        _session.SendHead();
        (_session as ListedStreamSession)?.Begin(joined);
        foreach (JoinResult subscription in joined)
            _server.Broker.Deliver(subscription);
        Connection.UncountStranger();
        if (_token is not null && _server.Log.IsEnabled(LogLevel.Debug))
            _server.Log.SaidHello(LogText.Token(_token));
    }

    /// <summary>What a peer says here has no meaning, and is dropped up to a bound: whoever says more has not understood the answer.</summary>
    protected override void Take(ref ReadOnlySequence<byte> input, bool isEnd)
    {
        _dropped += input.Length;
        input = input.Slice(input.End);
    }

    protected override void OnNoMemory() => _dropped = Limits.ShortLingerBytes + 1;

    protected override void OnEnded() => _session.Disconnected(byClient: !Connection.IsAborted);

    /// <returns>Its subscriptions in the order of the id; none when it is being closed.</returns>
    protected virtual JoinResult[] Join()
    {
        List<JoinResult> joined = [];
        if (_token is null)
        {
            if (!MessageBroker.TryBegin(_session))
                return [];
        }
        else
        {
            if (!_server.Broker.TryJoin(_session, _token, _resumes[0], out JoinResult own))
                return [];
            joined.Add(own);
        }
        foreach (byte[] topic in _topics)
        {
            if (_server.Broker.TryJoinTopic(_session, topic, _resumes[joined.Count], out JoinResult named))
                joined.Add(named);
        }
        return [.. joined];
    }

    /// <summary>A reader of a stream answers nothing: what its machine acknowledges is all there is to know of it.</summary>
    private bool IsSilent(long now)
    {
        if (!_silence.IsSuspicious && now - _lastLook < Limits.StreamSuspicion.TotalMilliseconds)
            return false;
        _lastLook = now;
        return _silence.IsSilent(Connection.ReadTcpFigures(), now, _server.Options.Timeout);
    }
}
