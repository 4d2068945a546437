using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Access;

/// <summary>The keys in force: those that the operator gave, and those of a set. Thread-safe.</summary>
internal sealed class KeyStore : IDisposable
{
    private readonly Lock _lock = new();
    private readonly KeySetSource? _set;
    private IReadOnlyList<VerificationKey> _given;
    private IReadOnlyList<VerificationKey> _ofSet = [];
    private volatile KeyRing _ring;

    /// <param name="options">With keys, a key set, both or none.</param>
    /// <param name="timeProvider">The time of what is fresh.</param>
    /// <param name="log">Gets what goes wrong.</param>
    public KeyStore(AccessOptions options, TimeProvider timeProvider, ILogger log)
    {
        _given = KeysOf(options);
        _ring = new KeyRing(_given);
        _set = options.KeySet is null ? null : new KeySetSource(options, timeProvider, log, TakeSet);
    }

    /// <summary>The keys now.</summary>
    public KeyRing Ring => _ring;

    /// <summary>False while a set of keys has never been had.</summary>
    public bool IsReady => _set is not { IsLoaded: false };

    /// <summary>See <see cref="KeySetSource.TryRefresh"/>.</summary>
    public Task? TryRefresh() => _set?.TryRefresh();

    /// <summary>Reads what may have changed.</summary>
    /// <param name="latest">The keys that are given now.</param>
    /// <returns>Puts it in force.</returns>
    /// <inheritdoc cref="KeySetSource.Prepare" path="/exception"/>
    public Action Prepare(AccessOptions latest)
    {
        VerificationKey[] given = KeysOf(latest);
        KeyRing.RequireTriable([.. given, .. _ofSet]);
        Action? takeSet = _set?.Prepare();
        return () =>
        {
            takeSet?.Invoke();
            lock (_lock)
            {
                _given = given;
                _ring = new KeyRing([.. _given, .. _ofSet]);
            }
        };
    }

    public void Dispose() => _set?.Dispose();

    private static VerificationKey[] KeysOf(AccessOptions options) => [.. options.Keys.Select(key => VerificationKey.Of(key, options))];

    private void TakeSet(IReadOnlyList<VerificationKey> keys)
    {
        lock (_lock)
        {
            _ofSet = keys;
            _ring = new KeyRing([.. _given, .. _ofSet]);
        }
    }
}
