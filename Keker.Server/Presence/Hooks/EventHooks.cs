using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Presence.Hooks;

/// <summary>The way from who comes and goes to the backend that is told. Thread-safe.</summary>
internal sealed class EventHooks : IDisposable
{
    private readonly HookClient _client;
    private readonly HookSender _sender;

    /// <param name="url">The backend.</param>
    /// <param name="secret">Signs what it is told; empty where nothing is signed.</param>
    /// <param name="clock">The clock of the events.</param>
    /// <param name="counters">Count what comes of it.</param>
    /// <param name="timeProvider">Times the pauses.</param>
    /// <param name="log">The log.</param>
    public EventHooks(Uri url, byte[] secret, MonotonicClock clock, Counters counters, TimeProvider timeProvider, ILogger log)
    {
        var queue = new HookQueue(clock, counters);
        Watch = new PresenceWatch(queue, clock);
        _client = new HookClient(url, secret);
        _sender = new HookSender(queue, _client, Watch.Boot, counters, timeProvider, log);
    }

    /// <summary>Is told who comes and goes.</summary>
    public PresenceWatch Watch { get; }

    /// <inheritdoc cref="HookSender.Start"/>
    public void Start() => _sender.Start();

    /// <inheritdoc cref="HookClient.Replace"/>
    public void Replace(byte[] secret) => _client.Replace(secret);

    /// <inheritdoc cref="HookSender.StopAsync"/>
    public Task StopAsync(TimeSpan most) => _sender.StopAsync(most);

    public void Dispose()
    {
        _sender.Dispose();
        _client.Dispose();
    }
}
