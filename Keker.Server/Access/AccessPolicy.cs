using Keker.Protocol.Tokens;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Access;

/// <summary>Who may, where that is checked: an open server has none of this. Thread-safe.</summary>
internal sealed class AccessPolicy : IDisposable
{
    private readonly TimeProvider _timeProvider;
    private readonly Counters _counters;
    private readonly ILogger _log;
    private readonly CheckQueue _queue = new(Math.Max(1, Environment.ProcessorCount / 2), Limits.WaitingCheckBytes);
    private readonly KeyStore _keys;
    private readonly TokenCheck _tokens;
    private readonly AuthBackend? _backend;
    private readonly NamePatterns _publicTopics;

    /// <param name="options">What the operator decided; it <see cref="AccessOptions.IsChecked"/>.</param>
    /// <param name="timeProvider">The time of what ends.</param>
    /// <param name="counters">Count refusals.</param>
    /// <param name="log">Gets their reasons.</param>
    public AccessPolicy(AccessOptions options, TimeProvider timeProvider, Counters counters, ILogger log)
    {
        _timeProvider = timeProvider;
        _counters = counters;
        _log = log;
        _keys = new KeyStore(options, timeProvider, log);
        _tokens = new TokenCheck(_keys, _queue, timeProvider, counters.Histograms.TokenChecks);
        _backend = options.Backend is { } url ? new AuthBackend(url, timeProvider, log) : null;
        _publicTopics = new NamePatterns(options.PublicTopics, []);
        HasKeys = options.HasKeys;
    }

    /// <summary>Seconds since 1970.</summary>
    public long Now => _timeProvider.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Whether tokens can be checked at all.</summary>
    public bool HasKeys { get; }

    /// <summary>Whether a backend is asked, which wants to know who asks.</summary>
    public bool WantsVisitor => _backend is not null;

    /// <summary>Reads keys that may have changed; what else options say stays as it was.</summary>
    /// <param name="latest">The options now.</param>
    /// <returns>Puts them in force.</returns>
    /// <inheritdoc cref="KeySetSource.Prepare" path="/exception"/>
    public Action Prepare(AccessOptions latest) => _keys.Prepare(latest);

    /// <summary>Checks what was said in a HELLO.</summary>
    /// <param name="authInfo">The word, valid UTF-8; copied where it is needed longer.</param>
    /// <param name="visitor">Who says it; null where nobody <see cref="WantsVisitor"/>.</param>
    /// <param name="cancellation">Nobody waits any more: it comes out as not to be decided, and gives its place to others.</param>
    public ValueTask<Decision> CheckAsync(ReadOnlySpan<byte> authInfo, Visitor? visitor, CancellationToken cancellation = default)
    {
        if (_backend is null || HasKeys && SignedToken.HasForm(authInfo))
            return _tokens.CheckAsync(authInfo, TokenPurpose.Hello, cancellation);
        return _backend.Find(VerifiedTokens.HashOf(authInfo)) is { } known ? ValueTask.FromResult(known) : AskAsync(_backend, authInfo.ToArray(), visitor!, cancellation);
    }

    /// <summary>Checks a token that was shown for one topic; what it grants is that topic.</summary>
    public ValueTask<Decision> CheckSubscriptionAsync(ReadOnlySpan<byte> proof) => _tokens.CheckAsync(proof, TokenPurpose.Subscription);

    /// <summary>Checks a token that was shown by a publisher.</summary>
    public ValueTask<Decision> CheckPublisherAsync(ReadOnlySpan<byte> bearer) => _tokens.CheckAsync(bearer, TokenPurpose.Publish);

    /// <summary>Whether whoever has said HELLO may have a topic.</summary>
    public bool IsPublic(ReadOnlySpan<byte> topic) => _publicTopics.Matches(topic);

    /// <summary>Somebody is refused: counts it and says why in the log.</summary>
    public void Refused(RefusalReason reason, string what)
    {
        _counters.RefusedAccess[reason].Increment();
        _log.AccessRefused(what, reason);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _backend?.Dispose();
    }

    /// <summary>What waits for its turn holds memory as well.</summary>
    private async ValueTask<Decision> AskAsync(AuthBackend backend, byte[] authInfo, Visitor visitor, CancellationToken cancellation)
    {
        int held = CheckQueue.BytesFor(authInfo.Length);
        if (!_queue.TryHold(held))
            return Decision.Refuse(RefusalReason.Undecided);
        try
        {
            return await backend.AskAsync(authInfo, visitor, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _queue.LetGo(held);
        }
    }
}
