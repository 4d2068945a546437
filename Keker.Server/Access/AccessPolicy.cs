using Keker.Protocol.Tokens;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Access;

/// <summary>Who may, where that is checked: an open server has none of this. Thread-safe.</summary>
internal sealed class AccessPolicy
{
    private readonly TimeProvider _timeProvider;
    private readonly Counters _counters;
    private readonly ILogger _log;
    private readonly TokenCheck _tokens;
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
        _tokens = new TokenCheck(options, timeProvider);
        _publicTopics = new NamePatterns(options.PublicTopics, []);
    }

    /// <summary>Seconds since 1970.</summary>
    public long Now => _timeProvider.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Checks what was said in a HELLO.</summary>
    public ValueTask<Decision> CheckAsync(ReadOnlySpan<byte> authInfo) => _tokens.CheckAsync(authInfo, TokenPurpose.Hello);

    /// <summary>Whether whoever has said HELLO may have a topic.</summary>
    public bool IsPublic(ReadOnlySpan<byte> topic) => _publicTopics.Matches(topic);

    /// <summary>Somebody is refused: counts it and says why in the log.</summary>
    public void Refused(RefusalReason reason, string what)
    {
        _counters.RefusedAccess(reason).Increment();
        _log.AccessRefused(what, reason);
    }
}
