using System.Buffers;
using System.Security.Authentication;
using Keker.Protocol.Http;
using Keker.Server.Access;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Log;
using Keker.Server.Http;
using Keker.Server.Http.Endpoints;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Keker.Server.Sse;
using Keker.Server.WebSocket;

namespace Keker.Server;

/// <summary>Takes accepted sockets through their life: TLS, HTTP, WebSocket or event stream, close. Thread-safe.</summary>
internal sealed class ConnectionHandler
{
    /// <summary>Seconds after which a refused client may try again.</summary>
    private const int RetryAfter = 5;

    /// <summary>Accepted connections, some MiB in all, after which memory is looked at again.</summary>
    private const uint AcceptsPerMemoryCheck = 256;

    private readonly ServerContext _server;
    private readonly TlsUpgrade? _tls;
    private readonly TimeProvider _timeProvider;
    private readonly HttpServer _http;
    private readonly Action<ReadingPhase> _phaseEnded;
    private readonly HandshakeQueue _handshakes = new(Limits.TlsHandshakes);
    private int _refusals;
    private uint _accepted;
    private long _pressedSecond;
    private int _pressed;

    /// <param name="server">What all connections share.</param>
    /// <param name="tls">Null where connections are plain.</param>
    /// <param name="timeProvider">Times how long a refused peer is waited for.</param>
    public ConnectionHandler(ServerContext server, TlsUpgrade? tls, TimeProvider timeProvider)
    {
        _server = server;
        _tls = tls;
        _timeProvider = timeProvider;
        _http = new HttpServer(server);
        _phaseEnded = OnPhaseEnded;
    }

    /// <summary>Takes over a socket. Returns once the connection waits for something.</summary>
    /// <param name="socket">The accepted socket; closed here.</param>
    /// <param name="isAdmin">True when it came in through an admin listener.</param>
    /// <param name="isProxied">True when it came in through a listener for proxies.</param>
    public void Accept(PeerSocket socket, bool isAdmin, bool isProxied = false)
    {
        // A reconnect storm brings tens of thousands between two heartbeats.
        if (Interlocked.Increment(ref _accepted) % AcceptsPerMemoryCheck == 0)
            _server.Memory.Check();
        bool isTls = _tls is not null && !socket.IsUnix;
        var connection = new Connection(socket, isAdmin, _server.Clock, _server.Input);
        bool isTrusted = _server.Proxies.IsTrusted(connection);
        bool isTakenIn = HasMemoryFor(connection) && _server.Connections.TryAdd(connection, isOfProxy: isTrusted);
        if (isTakenIn && isProxied)
            _ = RunProxiedAsync(connection, isTls, mayConnect: isTrusted || socket.IsUnix);
        else if (isTakenIn)
            _ = RunAsync(connection, isTls);
        else
            _ = RefuseAsync(connection, isTls);
    }

    /// <summary>
    /// What a stranger costs has to fit the budget. With hardly any memory left only a few are let in, who may be those that ask how the server is.
    /// </summary>
    private bool HasMemoryFor(Connection connection)
    {
        if (_server.Memory.Pressure == MemoryPressure.Hard)
        {
            long second = _server.Clock.Now / 1000;
            if (Interlocked.Exchange(ref _pressedSecond, second) != second)
                _pressed = 0;
            if (Interlocked.Increment(ref _pressed) > Limits.AcceptsUnderPressure)
                return false;
        }
        if (connection.TryCountStranger())
            return true;
        _server.Unfinished.EndSlowestSoon();
        return false;
    }

    /// <summary>What is not understood here is answered with nothing: who connects is no page and no backend.</summary>
    private async Task RunProxiedAsync(Connection connection, bool isTls, bool mayConnect)
    {
        try
        {
            string? refusal = mayConnect ? null : "not a trusted one";
            if (mayConnect && !await new ProxiedConnection(connection, _server.Clock).TryReadAsync().ConfigureAwait(false))
                refusal = "no PROXY header";
            if (refusal is null && _server.Connections.TryRecount(connection))
            {
                await RunAsync(connection, isTls).ConfigureAwait(false);
                return;
            }
            if (refusal is null)
                await TellTooManyAsync(connection, isTls).ConfigureAwait(false);
            else
                _server.Log.ProxyRefused(refusal);
        }
        catch (Exception e)
        {
            _server.Log.Unexpected(e);
        }
        CloseSoon(connection);
    }

    private async Task RunAsync(Connection connection, bool isTls)
    {
        try
        {
            if (!isTls || await TryAuthenticateAsync(connection).ConfigureAwait(false))
            {
                new HttpSession(connection, _http).Start(_phaseEnded);
                return;
            }
        }
        catch (Exception e)
        {
            // One connection's failure is never another one's.
            _server.Log.Unexpected(e);
        }
        CloseSoon(connection);
    }

    private void OnPhaseEnded(ReadingPhase ended)
    {
        try
        {
            if (_server.Access is { } access && ended is HttpSession { Upgrade: { Kind: UpgradeKind.EventStream } upgrade })
            {
                _ = BeginStreamAsync(ended.Connection, access, upgrade);
                return;
            }
            if (ended is HttpSession http && PhaseAfter(http.Upgrade, http.Connection) is { } next)
            {
                next.Start(_phaseEnded);
                return;
            }
        }
        catch (Exception e)
        {
            _server.Log.Unexpected(e);
        }
        CloseSoon(ended.Connection);
    }

    private ReadingPhase? PhaseAfter(Upgrade upgrade, Connection connection) => upgrade switch
    {
        { Kind: UpgradeKind.Subscribe } when _server.Access is { } access => new CheckedSession(connection, _server, access, upgrade.Visitor, VariantOf(upgrade)),
        { Kind: UpgradeKind.Subscribe } => new WebSocketSession(connection, _server, VariantOf(upgrade)),
        { Kind: UpgradeKind.Echo } => new EchoSession(connection, _server, VariantOf(upgrade)),
        { Kind: UpgradeKind.Onlooker } => new OnlookerPhase(connection, _server, upgrade.Head!, upgrade.EventStream?.Topics[0]),
        { EventStream: { } request } => new EventStreamPhase(connection, _server, upgrade.Head!, request.Token, request.Topics, request.After),
        { LongAnswer: { } answer } => new LongAnswerPhase(connection, _server, answer),
        _ => null,
    };

    /// <summary>An event stream whose token and topics are looked into first: it begins, or is told why not.</summary>
    private async Task BeginStreamAsync(Connection connection, AccessPolicy access, Upgrade upgrade)
    {
        try
        {
            Decision decision = await StreamCheck.JudgeAsync(access, _server.Presence, upgrade, _server.Options.Timeout, _timeProvider).ConfigureAwait(false);
            if (decision.Grant is { } grant)
            {
                EventStreamRequest request = upgrade.EventStream!;
                new CheckedStreamPhase(connection, _server, access, grant, upgrade.Head!, request.Topics, request.After).Start(_phaseEnded);
                return;
            }
            access.Refused(decision.Reason, "event stream");
            if (decision.Reason.IsGuess())
                _server.Guesses?.NoteWrong(AddressKey.Of(connection));
            _server.Counters.FailedRequests.Increment();
            await TellAsync(connection, RefusalOf(decision.Reason, upgrade.OriginLines)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _server.Log.Unexpected(e);
        }
        CloseSoon(connection);
    }

    /// <summary>Closing may take long (a reset of full buffers, a TLS goodbye): not on a thread that serves others.</summary>
    private void CloseSoon(Connection connection) =>
        ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Handler.CloseAsync(state.Connection), (Handler: this, Connection: connection), preferLocal: false);

    private static Variant VariantOf(Upgrade upgrade) =>
        upgrade.Tagged ? Variant.Tagged : Variants.Deflated(upgrade.WindowBits);

    private async Task CloseAsync(Connection connection)
    {
        connection.Phase = null;
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            connection.UncountStranger();
            _server.Connections.Remove(connection);
        }
    }

    private async Task<bool> TryAuthenticateAsync(Connection connection)
    {
        var handshake = new TlsHandshake(connection, _handshakes, _server.Clock);
        bool isGone;
        bool isHttp;
        do
            await connection.WaitForInputAsync().ConfigureAwait(false);
        while (!TryLookAtFirstBytes(connection, out isGone, out isHttp));
        if (isHttp)
            await TellAsync(connection, Answer(400, "this port speaks TLS: connect with https:// or wss://"u8)).ConfigureAwait(false);
        if (isGone || isHttp)
        {
            _server.Log.HandshakeFailed(isHttp ? "plain HTTP" : "no first byte");
            return false;
        }
        if (!_server.Input.Budget.TryTake(Limits.TlsHandshakeBytes))
        {
            _server.Unfinished.EndSlowestSoon();
            return false;
        }

        // A signature takes a millisecond: on the thread pool, never on a thread that polls sockets.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await handshake.RunAsync(_tls!).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is AuthenticationException || Connection.IsDisconnect(e))
        {
            _server.Log.HandshakeFailed(e.GetType().Name);
            return false;
        }
        finally
        {
            _server.Input.Budget.Give(Limits.TlsHandshakeBytes);
        }
    }

    /// <returns>False when there are none yet.</returns>
    private static bool TryLookAtFirstBytes(Connection connection, out bool isGone, out bool isHttp)
    {
        Span<byte> bytes = stackalloc byte[FirstBytes.Needed];
        int there = connection.Peek(bytes);
        isGone = there == 0;
        isHttp = there > 0 && FirstBytes.AreHttp(bytes[..there]);
        return there >= 0;
    }

    /// <summary>Over the limit: plain connections are told, as many as there are descriptors for; TLS ones are not worth a handshake.</summary>
    private async Task TellTooManyAsync(Connection connection, bool isTls)
    {
        _server.Counters.Refused.Increment();
        if (Interlocked.Increment(ref _refusals) <= Limits.RefusalsTold && !isTls)
            await TellAsync(connection, Answer(503, "too many connections: try again later"u8, RetryAfter)).ConfigureAwait(false);
        Interlocked.Decrement(ref _refusals);
    }

    private async Task RefuseAsync(Connection connection, bool isTls)
    {
        await TellTooManyAsync(connection, isTls).ConfigureAwait(false);
        connection.UncountStranger();
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Gives one answer to a peer whose request is not read, and its time to read it.</summary>
    private async Task TellAsync(Connection connection, ReadOnlyMemory<byte> answer)
    {
        if (connection.CanTrySend)
            connection.TrySend(answer.Span);
        else
            await connection.SendAsync(answer).ConfigureAwait(false);
        Task end = connection.LingerAsync(Limits.ShortLingerBytes);
        await Task.WhenAny(end, Task.Delay(Limits.ShortLingerTimeout, _timeProvider)).ConfigureAwait(false);
        connection.StopReading();
        await end.ConfigureAwait(false);
    }

    private ReadOnlyMemory<byte> RefusalOf(RefusalReason reason, byte[]? originLines) =>
        Answer(StreamCheck.StatusOf(reason), StreamCheck.MessageOf(reason), reason == RefusalReason.Undecided ? RetryAfter : 0, originLines);

    private ReadOnlyMemory<byte> Answer(int status, ReadOnlySpan<byte> message, int retryAfter = 0, byte[]? originLines = null)
    {
        var answer = new ArrayBufferWriter<byte>();
        var headers = new ResponseHeaders { Date = _http.Date.Now, Connection = ConnectionHeader.Close, RetryAfterSeconds = retryAfter, MoreLines = originLines };
        JsonAnswers.WriteMessage(answer, status, message, headers);
        return answer.WrittenMemory;
    }
}
