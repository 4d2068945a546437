using System.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Access;

/// <summary>
/// A set of keys that changes: from a URL, asked again when what it said is not fresh any more, or from a file. What cannot be had leaves the last good set in force.
/// Thread-safe.
/// </summary>
internal sealed class KeySetSource : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>It is not asked for more often, however many unknown keys are named.</summary>
    private static readonly TimeSpan LeastAge = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan UsualAge = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MostAge = TimeSpan.FromHours(24);
    private static readonly TimeSpan LeastBackOff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostBackOff = TimeSpan.FromMinutes(1);

    private readonly AccessOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _log;
    private readonly Action<IReadOnlyList<VerificationKey>> _changed;
    private readonly HttpClient? _client;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private byte[]? _last;
    private Task _refresh = Task.CompletedTask;
    private long? _begun;
    private TimeSpan _backOff = LeastBackOff;

    /// <param name="options">With a key set.</param>
    /// <param name="timeProvider">The time of what is fresh.</param>
    /// <param name="log">Gets what goes wrong.</param>
    /// <param name="changed">Gets every new set, one after the other.</param>
    public KeySetSource(AccessOptions options, TimeProvider timeProvider, ILogger log, Action<IReadOnlyList<VerificationKey>> changed)
    {
        _options = options;
        _timeProvider = timeProvider;
        _log = log;
        _changed = changed;
        _client = IsUrl ? Outgoing.CreateClient(mostConnections: 1) : null;
        _timer = timeProvider.CreateTimer(static state => ((KeySetSource)state!).Refresh(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private bool IsUrl => _options.KeySet!.Contains("://", StringComparison.Ordinal);

    /// <summary>Whether there has ever been a set.</summary>
    public bool IsLoaded => Volatile.Read(ref _last) is not null;

    /// <summary>Gets the set again: a file is read at once, a URL is asked in the background later.</summary>
    /// <returns>Takes what was read.</returns>
    /// <exception cref="FormatException">The file is no set of keys.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public Action Prepare()
    {
        if (IsUrl)
            return () => Refresh();
        byte[] json = ReadFile();
        IReadOnlyList<VerificationKey> keys = KeySet.Read(json, _options);
        return () => Take(json, keys);
    }

    /// <summary>A key is named that is not known.</summary>
    /// <returns>Completes when the set has been asked for again; null when that was done a moment ago.</returns>
    public Task? TryRefresh()
    {
        lock (_lock)
        {
            if (!_refresh.IsCompleted)
                return _refresh;
            if (_begun is { } begun && _timeProvider.GetElapsedTime(begun) < LeastAge)
                return null;
            return Refresh();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _client?.Dispose();
    }

    private Task Refresh()
    {
        lock (_lock)
        {
            if (_refresh.IsCompleted)
            {
                _begun = _timeProvider.GetTimestamp();
                _refresh = Task.Run(RefreshAsync);
            }
            return _refresh;
        }
    }

    /// <summary>Never throws.</summary>
    private async Task RefreshAsync()
    {
        TimeSpan next;
        try
        {
            next = _client is null ? TakeFile() : await FetchAsync(_client).ConfigureAwait(false);
            _backOff = LeastBackOff;
        }
        catch (Exception e)
        {
            // Whatever it is: it is asked for again.
            _log.KeySetNotRefreshed(e is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : e.Message);
            next = _backOff;
            _backOff = TimeSpan.FromTicks(Math.Min(MostBackOff.Ticks, 2 * _backOff.Ticks));
        }
        _timer.Change(next, Timeout.InfiniteTimeSpan);
    }

    /// <returns>How long that is fresh. A file is read again at SIGHUP, and when a key is not known.</returns>
    private TimeSpan TakeFile()
    {
        byte[] json = ReadFile();
        Take(json, KeySet.Read(json, _options));
        return Timeout.InfiniteTimeSpan;
    }

    private async Task<TimeSpan> FetchAsync(HttpClient client)
    {
        using var deadline = new CancellationTokenSource(Patience, _timeProvider);
        using HttpResponseMessage response = await client.GetAsync(_options.KeySet, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new HttpRequestException($"the answer is {(int)response.StatusCode}");
        byte[] json = await Outgoing.ReadAsync(response, KeySet.MostBytes, deadline.Token).ConfigureAwait(false);
        Take(json, KeySet.Read(json, _options));
        TimeSpan fresh = Outgoing.FreshFor(response) ?? UsualAge;
        return fresh < LeastAge ? LeastAge : fresh > MostAge ? MostAge : fresh;
    }

    private byte[] ReadFile()
    {
        byte[] buffer = new byte[KeySet.MostBytes + 1];
        using FileStream file = File.OpenRead(_options.KeySet!);
        int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= KeySet.MostBytes ? buffer[..length] : throw new FormatException($"it has more than {KeySet.MostBytes} bytes");
    }

    private void Take(byte[] json, IReadOnlyList<VerificationKey> keys)
    {
        // What has not changed leaves what was found good with it as it is.
        if (_last is { } last && last.AsSpan().SequenceEqual(json))
            return;
        _changed(keys);
        Volatile.Write(ref _last, json);
        _log.KeySetTaken(keys.Count);
        if (KeyRing.FindLargeFamily(keys) is { } family)
            _log.KeySetIsLarge(family.Count, family.Algorithm, KeyRing.MostTried);
    }
}
