using Microsoft.Extensions.Logging;

namespace Keker.Server.Observability;

/// <summary>Every line the server logs. None takes a token, a key or a payload.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(EventId = 25, Level = LogLevel.Information,
        Message = "kekerd {Version} starts: pid {ProcessId}, {Descriptors} descriptors, {MemoryMebibytes} MiB of memory, {Publishers}, {Tls}")]
    public static partial void Starting(this ILogger logger, string version, int processId, int descriptors, long memoryMebibytes, string publishers, string tls);

    [LoggerMessage(EventId = 26, Level = LogLevel.Information, Message = "settings: {Settings}")]
    public static partial void SettingsInForce(this ILogger logger, string settings);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "listening on {Address}{Purpose}")]
    public static partial void Listening(this ILogger logger, string address, string purpose);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "publishing is open to everyone who reaches this port; close it with --publish-key or --admin-listen")]
    public static partial void PublishingIsOpen(this ILogger logger);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "pages of any origin may subscribe; name yours with --allow-origin")]
    public static partial void AnyOrigin(this ILogger logger);

    [LoggerMessage(EventId = 15, Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void OptionWarning(this ILogger logger, string warning);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "cannot accept connections: {Reason}; trying again, backing off up to 1 s")]
    public static partial void AcceptFailed(this ILogger logger, string reason);

    [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "accepting connections again")]
    public static partial void AcceptRecovered(this ILogger logger);

    [LoggerMessage(EventId = 6, Level = LogLevel.Information, Message = "certificate and keys reloaded: {Tls}, publish keys {KeyHashes}")]
    public static partial void Reloaded(this ILogger logger, string tls, string keyHashes);

    [LoggerMessage(EventId = 7, Level = LogLevel.Error, Message = "certificate and keys not reloaded, the old ones stay: {Reason}")]
    public static partial void NotReloaded(this ILogger logger, string reason);

    [LoggerMessage(EventId = 29, Level = LogLevel.Warning, Message = "the certificate ends in {Days} days, on {End}: renew it, then send SIGHUP")]
    public static partial void CertificateEnds(this ILogger logger, int days, string end);

    [LoggerMessage(EventId = 30, Level = LogLevel.Error, Message = "the certificate has ended, on {End}: clients refuse it; renew it, then send SIGHUP")]
    public static partial void CertificateEnded(this ILogger logger, string end);

    [LoggerMessage(EventId = 31, Level = LogLevel.Information, Message = "stopping in {Delay}: /v1/ready says no, everything else goes on")]
    public static partial void StoppingSoon(this ILogger logger, string delay);

    [LoggerMessage(EventId = 8, Level = LogLevel.Information, Message = "draining {Connections} connections")]
    public static partial void Draining(this ILogger logger, int connections);

    [LoggerMessage(EventId = 20, Level = LogLevel.Error, Message = "out of memory")]
    public static partial void OutOfMemory(this ILogger logger);

    /// <summary>Logs what should not have happened and goes on, unless it was that there is no memory: then the process ends.</summary>
    public static void Unexpected(this ILogger logger, Exception exception)
    {
        logger.InternalError(exception);
        if (exception is not OutOfMemoryException)
            return;
        logger.OutOfMemory();
        Environment.FailFast("out of memory");
    }

    [LoggerMessage(EventId = 9, Level = LogLevel.Information, Message = "stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(EventId = 10, Level = LogLevel.Error, Message = "internal error")]
    public static partial void InternalError(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 11, Level = LogLevel.Debug, Message = "HELLO of token {TokenHash}")]
    public static partial void SaidHello(this ILogger logger, string tokenHash);

    [LoggerMessage(EventId = 12, Level = LogLevel.Debug, Message = "peer vanished ({Reason})")]
    public static partial void PeerVanished(this ILogger logger, string reason);

    [LoggerMessage(EventId = 13, Level = LogLevel.Debug, Message = "TLS handshake failed: {Reason}")]
    public static partial void HandshakeFailed(this ILogger logger, string reason);

    [LoggerMessage(EventId = 21, Level = LogLevel.Debug, Message = "proxy refused: {Reason}")]
    public static partial void ProxyRefused(this ILogger logger, string reason);

    [LoggerMessage(EventId = 22, Level = LogLevel.Information, Message = "{Sessions} sessions of {Kind} {NameHash} logged out by the backend, refused for {Seconds} s; asked by {Address} with key {KeyHash}")]
    public static partial void LoggedOut(this ILogger logger, int sessions, string kind, string nameHash, long seconds, string address, string keyHash);

    [LoggerMessage(EventId = 32, Level = LogLevel.Debug, Message = "key {KeyHash} used")]
    public static partial void KeyUsed(this ILogger logger, string keyHash);

    [LoggerMessage(EventId = 23, Level = LogLevel.Warning, Message = "the hook was not taken: {Reason}; trying again, backing off up to 30 s")]
    public static partial void HookFailed(this ILogger logger, string reason);

    [LoggerMessage(EventId = 33, Level = LogLevel.Error,
        Message = "the hook was refused: {Reason}; that is a mistake of the set-up: look at --hook-url, --hook-secret and the receiver; trying again, backing off up to 30 s")]
    public static partial void HookRefused(this ILogger logger, string reason);

    [LoggerMessage(EventId = 24, Level = LogLevel.Information, Message = "the hook is taken again, after {Failures} failures")]
    public static partial void HookRecovered(this ILogger logger, int failures);

    [LoggerMessage(EventId = 14, Level = LogLevel.Debug, Message = "request refused with {Status}: {Failure}")]
    public static partial void RequestRefused(this ILogger logger, int status, string failure);

    [LoggerMessage(EventId = 27, Level = LogLevel.Information, Message = "signal {Signal} has no meaning here: ignored")]
    public static partial void SignalIgnored(this ILogger logger, string signal);

    [LoggerMessage(EventId = 16, Level = LogLevel.Debug, Message = "{What} refused: {Reason}")]
    public static partial void AccessRefused(this ILogger logger, string what, RefusalReason reason);

    [LoggerMessage(EventId = 17, Level = LogLevel.Information, Message = "{Count} keys of the key set are in force")]
    public static partial void KeySetTaken(this ILogger logger, int count);

    [LoggerMessage(EventId = 18, Level = LogLevel.Warning, Message = "the key set was not read, what was in force stays: {Reason}")]
    public static partial void KeySetNotRefreshed(this ILogger logger, string reason);

    [LoggerMessage(EventId = 34, Level = LogLevel.Warning,
        Message = "the key set has {Count} keys for {Algorithm}: a token that names none of them (kid) is tried with the first {Most} only")]
    public static partial void KeySetIsLarge(this ILogger logger, int count, string algorithm, int most);

    [LoggerMessage(EventId = 19, Level = LogLevel.Warning, Message = "the auth URL does not decide, HELLO is answered with 1013: {Reason}")]
    public static partial void BackendUndecided(this ILogger logger, string reason);

    [LoggerMessage(EventId = 28, Level = LogLevel.Information, Message = "the auth URL decides again")]
    public static partial void BackendDecides(this ILogger logger);

    [LoggerMessage(EventId = 35, Level = LogLevel.Warning, Message = "the service manager cannot be told: {Reason}")]
    public static partial void ServiceManagerFailed(this ILogger logger, string reason);

    [LoggerMessage(EventId = 36, Level = LogLevel.Error, Message = "a loop does not turn: the service manager is not told that all is well")]
    public static partial void LoopHangs(this ILogger logger);
}
