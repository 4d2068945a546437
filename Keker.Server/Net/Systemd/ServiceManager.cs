using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Keker.Server.Observability;
using Microsoft.Extensions.Logging;

namespace Keker.Server.Net.Systemd;

/// <summary>Whoever has started the process and wants to know how it is (sd_notify(3)). Thread-safe; sends at once, a second at the most.</summary>
internal sealed partial class ServiceManager : IDisposable
{
    private const string SocketVariable = "NOTIFY_SOCKET";
    private const string PatienceVariable = "WATCHDOG_USEC";
    private const string ProcessVariable = "WATCHDOG_PID";
    private const int SendMilliseconds = 1000;
    private const int ClockMonotonic = 1;

    private readonly Socket _socket;
    private readonly UnixDomainSocketEndPoint _endPoint;
    private readonly ILogger _log;
    private string? _status;
    private int _hasFailed;

    /// <param name="address">The path of a datagram socket, or <c>@</c> and a name in the abstract name space.</param>
    /// <param name="patience">After which it acts when it is not told that all is well; null where it does not want to know.</param>
    /// <param name="log">Gets a line when it cannot be told, once.</param>
    public ServiceManager(string address, TimeSpan? patience, ILogger log)
    {
        _endPoint = new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address[1..]}" : address);
        Patience = patience;
        _log = log;
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendMilliseconds };
    }

    /// <summary>After which time it acts when it is not told that all is well; null where it does not want to know.</summary>
    public TimeSpan? Patience { get; }

    /// <summary>The one that the environment names; its variables are taken away, since they are for this process and for none that it starts.</summary>
    /// <returns>Null where there is none.</returns>
    public static ServiceManager? OfEnvironment(ILogger log)
    {
        string? address = Take(SocketVariable);
        string? microseconds = Take(PatienceVariable);
        string? process = Take(ProcessVariable);
        if (address is not { Length: > 1 } || address[0] is not ('/' or '@'))
            return null;
        bool isWatched = process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        bool hasPatience = long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long time) && time > 0 && isWatched;
        try
        {
            return new ServiceManager(address, hasPatience ? TimeSpan.FromMicroseconds(time) : null, log);
        }
        catch (ArgumentException e)
        {
            log.ServiceManagerFailed(e.Message);
            return null;
        }
    }

    /// <summary>All addresses are served.</summary>
    /// <param name="status">For people.</param>
    public void Ready(string status)
    {
        Volatile.Write(ref _status, status);
        Reloaded();
    }

    /// <summary>The configuration has been read again: all is as it was.</summary>
    public void Reloaded() => Send($"READY=1\nMAINPID={Environment.ProcessId}\nSTATUS={Volatile.Read(ref _status)}");

    /// <summary>The configuration is read again; <see cref="Reloaded"/> follows. Nothing is said before the first <see cref="Ready"/>.</summary>
    /// <returns>Whether it was said.</returns>
    public bool Reloading()
    {
        if (Volatile.Read(ref _status) is null)
            return false;
        Send($"RELOADING=1\nMONOTONIC_USEC={MonotonicMicroseconds()}\nSTATUS=reloading");
        return true;
    }

    /// <summary>The end has begun.</summary>
    /// <param name="most">What it takes at the most.</param>
    public void Stopping(TimeSpan most) => Send($"STOPPING=1\nEXTEND_TIMEOUT_USEC={(long)most.TotalMicroseconds}\nSTATUS=stopping");

    /// <summary>All is well.</summary>
    public void Beat() => Send("WATCHDOG=1");

    public void Dispose() => _socket.Dispose();

    private static string? Take(string variable)
    {
        string? value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }

    private void Send(string state)
    {
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(state), _endPoint);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            if (Interlocked.Exchange(ref _hasFailed, 1) == 0)
                _log.ServiceManagerFailed(e.Message);
        }
    }

    /// <summary>CLOCK_MONOTONIC: the manager compares it with its own.</summary>
    private static long MonotonicMicroseconds()
    {
        _ = GetTime(ClockMonotonic, out Time time);
        return time.Seconds * 1_000_000 + time.Nanoseconds / 1000;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
