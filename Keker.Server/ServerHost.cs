using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Keker.Server.Access;
using Keker.Server.Broker;
using Keker.Server.Inspection;
using Keker.Server.Metrics;
using Keker.Server.Net;
using Keker.Server.Net.Systemd;
using Keker.Server.Observability;
using Keker.Server.Options;
using Keker.Server.Presence.Hooks;
using Microsoft.Extensions.Logging;

namespace Keker.Server;

/// <summary>Builds the server out of its options, runs it until a signal, drains it.</summary>
/// <param name="options">What the operator decided.</param>
/// <param name="readAgain">Reads the options again at SIGHUP; throws a <see cref="StartException"/> when they cannot be read.</param>
/// <param name="timeProvider">Every deadline's time.</param>
/// <param name="log">The log.</param>
internal sealed class ServerHost(KekerOptions options, Func<KekerOptions> readAgain, TimeProvider timeProvider, ILogger log)
{
    /// <summary>Beyond the time over which closes are spread: for peers to answer their Close.</summary>
    private static readonly TimeSpan DrainGrace = TimeSpan.FromSeconds(5);

    /// <summary>Beyond all that, before the service manager loses its patience: for the log, and a machine that is busy.</summary>
    private static readonly TimeSpan StopSlack = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopNow = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs the server.</summary>
    /// <returns>The exit status: 0 after a drain.</returns>
    /// <exception cref="StartException">It cannot start.</exception>
    public async Task<int> RunAsync()
    {
        using var ignored = new IgnoredSignals(log);
        using ServiceManager? manager = ServiceManager.OfEnvironment(log);
        RequireOpenSsl();
        var counters = new Counters();
        int descriptors = DescriptorLimit.Raise();
        int most = options.MaxConnections > 0 ? options.MaxConnections : int.MaxValue;
        var connections = new ConnectionTable(Math.Min(most, DescriptorLimit.MostConnections(descriptors)), options.MaxConnectionsPerIp, counters);
        var memory = new ProcessMemory();
        long memoryLimit = Math.Min(memory.HeapLimit, memory.ResidentLimit);
        var clock = new MonotonicClock(timeProvider);
        using EventHooks? hooks = options.HookUrl is null ? null : new EventHooks(options.HookUrl, options.HookSecret, clock, counters, timeProvider, log);
        using var broker = new MessageBroker(new BrokerContext(LimitsFrom(options, memoryLimit), clock, counters) { OnUnexpected = log.InternalError, Presence = hooks?.Watch });
        using AccessPolicy? access = options.Access.IsChecked ? new AccessPolicy(options.Access, timeProvider, counters, log) : null;
        Action? takeKeys = PrepareKeys(access);
        Loops? loops = Loops.AreUsed ? new Loops(log) : null;
        TlsUpgrade? tls = LoadCertificate();
        var server = new ServerContext(options, broker, connections, log, memory) { Access = access, Loops = loops, Settings = SettingsWith(tls) };
        using var meter = new KekerMeter(server.Metrics);

        using CertificateTerm? term = tls is null ? null : new CertificateTerm(tls, timeProvider, log);
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration hangUp = OnSignal(PosixSignal.SIGHUP, () => Reload(new Reloadable(server, tls, term, hooks, manager)));
        List<Listener> listeners = Listen(new ConnectionHandler(server, tls, timeProvider), loops);
        Announcement.Begin(log, options, descriptors, memoryLimit, tls);
        takeKeys?.Invoke();
        using var heartbeat = new Heartbeat(connections, server.Clock, timeProvider, Limits.HeartbeatInterval, () => Beat(server, hooks), log);
        foreach (Listener listener in listeners)
            Start(listener);
        Announcement.Listeners(log, options, listeners);
        term?.Check();
        hooks?.Start();
        using Watchdog? watchdog = manager?.Patience is { } patience ? new Watchdog(loops?.All ?? [], patience, manager.Beat, timeProvider, log) : null;
        manager?.Ready(StatusOf(listeners));

        await _stop.Task.ConfigureAwait(false);
        manager?.Stopping(options.DrainDelay + options.Drain + DrainGrace + Limits.HookEndTime + StopSlack);
        server.Readiness.BeginStop();
        if (options.DrainDelay > TimeSpan.Zero)
        {
            log.StoppingSoon(Durations.Format(options.DrainDelay));
            await Task.WhenAny(Task.Delay(options.DrainDelay, timeProvider), _stopNow.Task).ConfigureAwait(false);
        }
        listeners.ForEach(listener => listener.Dispose());
        await new DrainSequence(server, timeProvider, options.Drain, DrainGrace).RunAsync(_stopNow.Task).ConfigureAwait(false);
        if (hooks is not null)
            await hooks.StopAsync(Limits.HookEndTime).ConfigureAwait(false);
        log.Stopped();
        return 0;
    }

    private static BrokerLimits LimitsFrom(KekerOptions options, long memoryLimit) => new()
    {
        Lag = options.Lag,
        Cache = options.Cache,
        Resume = options.Resume,
        CacheSize = options.CacheSize,
        CacheMemory = Math.Min(options.CacheMemory, memoryLimit / Limits.LogMemoryShare),
        LogMemory = memoryLimit / Limits.LogMemoryShare,
        SubscriptionMemory = memoryLimit / Limits.SubscriptionMemoryShare,
        SmallPass = Limits.SmallPassMembers,
        ConfirmTime = options.Timeout + 3 * Limits.HeartbeatInterval,
    };

    private static void Beat(ServerContext server, EventHooks? hooks)
    {
        hooks?.Watch.Beat(server.Broker.Context);
        server.Broker.DropExpired();
        server.Idempotency.DropExpired();
        server.Presence.Refused.DropExpired();
        server.Input.Budget.Beat();
        server.Memory.Check();
        if (server.Memory.Pressure != MemoryPressure.None)
            server.Unfinished.EndNewestStrangers();
        server.Console?.Beat();
        server.Memory.CollectWhenQuiet(server.Counters.Published, server.Input.Trim);
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, Action action) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            // The default action of each of them ends the process at once.
            context.Cancel = true;
            action();
        });

    private void Stop()
    {
        if (!_stop.TrySetResult())
            _stopNow.TrySetResult();
    }

    private TlsUpgrade? LoadCertificate()
    {
        try
        {
            return options.CertificatePath is null ? null : new TlsUpgrade(options.CertificatePath, options.KeyPath!);
        }
        catch (CryptographicException e)
        {
            throw new StartException(e.Message, e);
        }
    }

    private Settings SettingsWith(TlsUpgrade? tls)
    {
        string[] anyOrigin = options.AllowedOrigins.IsEmpty ? ["pages of any origin may subscribe; name yours with --allow-origin"] : [];
        return new Settings(options, anyOrigin.Concat(OptionWarnings.Of(options)), tls is null ? null : () => tls.End);
    }

    /// <summary>Where it is not there, whoever needs it first would end the process.</summary>
    private void RequireOpenSsl()
    {
        if (options.Access.HasKeys)
            OpenSsl.Require("checking signed tokens");
        string?[] urls = [options.HookUrl?.Scheme, options.Access.Backend?.Scheme, options.Access.KeySet];
        if (Array.Exists(urls, static url => url?.StartsWith(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase) is true))
            OpenSsl.Require("asking a backend over https");
    }

    /// <returns>Puts the keys in force; null where there are none.</returns>
    private Action? PrepareKeys(AccessPolicy? access)
    {
        try
        {
            return access?.Prepare(options.Access);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new StartException(options.Access.KeySet is { } set ? $"cannot use the key set {set}: {e.Message}" : $"cannot use the keys of --jwt-key: {e.Message}", e);
        }
    }

    /// <summary>All or nothing: the new certificate does not come into force beside keys that cannot be read.</summary>
    private void Reload(Reloadable parts)
    {
        bool isTold = !_stop.Task.IsCompleted && parts.Manager?.Reloading() is true;
        try
        {
            KekerOptions latest = readAgain();
            Action? takeKeys = parts.Server.Access?.Prepare(latest.Access);
            parts.Tls?.Reload();
            takeKeys?.Invoke();
            parts.Server.PublishKeys.Replace(latest.PublishKeys);
            parts.Hooks?.Replace(latest.HookSecret);
            log.Reloaded(CertificateTerm.Describe(parts.Tls), Announcement.KeyHashes(latest));
        }
        catch (Exception e) when (e is CryptographicException or StartException or FormatException or IOException or UnauthorizedAccessException)
        {
            log.NotReloaded(e.Message);
        }
        parts.Term?.Check();
        if (isTold)
            parts.Manager!.Reloaded();
    }

    private List<Listener> Listen(ConnectionHandler handler, Loops? loops)
    {
        List<Listener> listeners = [];
        foreach (ListenAddress address in options.Listen)
            listeners.Add(Listen(address, loops, socket => handler.Accept(socket, isAdmin: false, address.IsProxied)));
        foreach (ListenAddress address in options.AdminListen)
            listeners.Add(Listen(address, loops, socket => handler.Accept(socket, isAdmin: true, address.IsProxied)));
        return listeners;
    }

    private Listener Listen(ListenAddress address, Loops? loops, Action<PeerSocket> accepted)
    {
        try
        {
            return new Listener(address, timeProvider, log, loops, accepted);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"cannot listen on {address}: {e.Message}", e);
        }
    }

    private static void Start(Listener listener)
    {
        Task run = listener.RunAsync();
        if (run.IsFaulted)
            throw new StartException($"cannot accept on {listener.BoundAddress}: {run.Exception.InnerException!.Message}", run.Exception);
    }

    private static string StatusOf(List<Listener> listeners) => $"serving on {string.Join(", ", listeners.Select(listener => listener.BoundAddress))}";
}
