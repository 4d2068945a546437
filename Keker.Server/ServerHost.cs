using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Keker.Server.Broker;
using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server;

/// <summary>Builds the server out of its options, runs it until a signal, drains it.</summary>
internal sealed class ServerHost(KekerOptions options, TimeProvider timeProvider, ILogger log)
{
    /// <summary>Beyond the time over which closes are spread: for peers to answer their Close.</summary>
    private static readonly TimeSpan DrainGrace = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopNow = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs the server.</summary>
    /// <returns>The exit status: 0 after a drain, 1 when it could not start.</returns>
    public async Task<int> RunAsync()
    {
        var counters = new Counters();
        int most = options.MaxConnections > 0 ? options.MaxConnections : int.MaxValue;
        var connections = new ConnectionTable(Math.Min(most, DescriptorLimit.RaiseAndGetMostConnections()), counters);
        using var broker = new MessageBroker(new BrokerContext(LimitsFrom(options), new MonotonicClock(timeProvider), counters));
        var server = new ServerContext(options, broker, connections, log);

        TlsUpgrade? tls;
        List<Listener> listeners = [];
        try
        {
            tls = options.CertificatePath is null ? null : new TlsUpgrade(options.CertificatePath, options.KeyPath!);
            Listen(listeners, new ConnectionHandler(server, tls));
        }
        catch (Exception e) when (e is CryptographicException or StartException)
        {
            log.CannotStart(e.Message);
            StopListening(listeners);
            return 1;
        }
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration hangUp = OnSignal(PosixSignal.SIGHUP, () => Reload(tls));
        using var heartbeat = new Heartbeat(connections, server.Clock, timeProvider, Limits.HeartbeatInterval, broker.DropExpired, log);
        foreach (Listener listener in listeners)
            _ = listener.RunAsync();
        Announce(listeners);

        await _stop.Task.ConfigureAwait(false);
        StopListening(listeners);
        await new DrainSequence(server, timeProvider, options.Drain, DrainGrace).RunAsync(_stopNow.Task).ConfigureAwait(false);
        log.Stopped();
        return 0;
    }

    private static BrokerLimits LimitsFrom(KekerOptions options) => new()
    {
        Lag = options.Lag,
        Cache = options.Cache,
        CacheSize = options.CacheSize,
        CacheMemory = options.CacheMemory,
        LogMemory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Limits.LogMemoryShare,
        SmallPass = Limits.SmallPassMembers,
    };

    private static PosixSignalRegistration OnSignal(PosixSignal signal, Action action) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            // The default action of each of them ends the process at once.
            context.Cancel = true;
            action();
        });

    private static void StopListening(List<Listener> listeners)
    {
        foreach (Listener listener in listeners)
            listener.Dispose();
    }

    private void Stop()
    {
        if (!_stop.TrySetResult())
            _stopNow.TrySetResult();
    }

    private void Reload(TlsUpgrade? tls)
    {
        if (tls is null)
            return;
        try
        {
            tls.Reload();
            log.CertificateReloaded();
        }
        catch (CryptographicException e)
        {
            log.CertificateNotReloaded(e.Message);
        }
    }

    private void Listen(List<Listener> listeners, ConnectionHandler handler)
    {
        foreach (ListenAddress address in options.Listen)
            listeners.Add(Listen(address, socket => handler.Accept(socket, isAdmin: false)));
        foreach (ListenAddress address in options.AdminListen)
            listeners.Add(Listen(address, socket => handler.Accept(socket, isAdmin: true)));
    }

    private Listener Listen(ListenAddress address, Action<Socket> accepted)
    {
        try
        {
            return new Listener(address, timeProvider, log, accepted);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"cannot listen on {address}: {e.Message}", e);
        }
    }

    private void Announce(List<Listener> listeners)
    {
        for (int i = 0; i < listeners.Count; i++)
            log.Listening(listeners[i].BoundAddress, i < options.Listen.Length ? "" : " (admin)");
        if (options.PublishKeys.IsEmpty && options.AdminListen.IsEmpty)
            log.PublishingIsOpen();
        if (options.AllowedOrigins.IsEmpty)
            log.AnyOrigin();
    }
}
