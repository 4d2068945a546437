using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;

namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>A network namespace and the cable that leads into it, with addresses for several lines, each of which can become a black hole.</summary>
/// <remarks>Needs root, and the right to make namespaces. The addresses are of the block for tests between networks (RFC 2544).</remarks>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    /// <summary>Nobody has this one: a frame to it arrives, and the other end drops it.</summary>
    private const string Nobody = "02:00:00:00:00:01";

    private readonly int _net;

    private NetworkNamespace(int net)
    {
        _net = net;
        Name = $"keker-{net}";
        Inner = $"kekin{net}";
        Outer = $"kekout{net}";
    }

    public string Name { get; }

    /// <summary>What runs a program in it.</summary>
    public string[] Launcher => ["ip", "netns", "exec", Name];

    /// <summary>The ends of the cable.</summary>
    private string Inner { get; }

    private string Outer { get; }

    /// <summary>Makes one.</summary>
    /// <param name="lines">How many lines it has, at most 64.</param>
    /// <returns>It, or the reason why there is none.</returns>
    public static async Task<(NetworkNamespace? Network, string WhyNot)> MakeAsync(int lines)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || BrowserProcess.Find("ip") is null)
            return (null, "a network namespace needs Linux, root and ip (on Debian: apt-get install iproute2)");
        var network = new NetworkNamespace(FindFreeNet());
        try
        {
            await network.LayAsync(lines);
            return (network, "");
        }
        catch (InvalidOperationException e)
        {
            await network.DisposeAsync();
            return (null, $"this machine lets nobody make network namespaces: {e.Message}");
        }
    }

    /// <summary>The address of the server on a line, for whoever is outside.</summary>
    public IPAddress ServerOn(int line) => Address(line, 2);

    public Task BeginHoleAsync(int line) => Task.WhenAll(
        RunAsync([], $"neigh replace {ServerOn(line)} lladdr {Nobody} nud permanent dev {Outer}"),
        RunAsync(["-n", Name], $"neigh replace {ClientOn(line)} lladdr {Nobody} nud permanent dev {Inner}"));

    public Task EndHoleAsync(int line) => Task.WhenAll(
        RunAsync([], $"neigh del {ServerOn(line)} dev {Outer}"),
        RunAsync(["-n", Name], $"neigh del {ClientOn(line)} dev {Inner}"));

    /// <summary>Takes it away, and the cable with it. Whatever runs in it has to have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (string command in (string[])[$"link del {Outer}", $"netns del {Name}"])
        {
            try
            {
                await RunAsync([], command);
            }
            catch (InvalidOperationException)
            {
                // It was not made.
            }
        }
    }

    /// <summary>Several test runs may have one each.</summary>
    private static int FindFreeNet()
    {
        IPAddress[] taken = [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(address => address.Address)];
        return Enumerable.Range(Environment.ProcessId % 256, 256).Select(net => net % 256).First(net => taken.All(address => !IsOf(net, address)));
    }

    private static bool IsOf(int net, IPAddress address) => address.GetAddressBytes() is [198, 18, byte third, _] && third == net;

    /// <summary>Runs commands of <c>ip</c>.</summary>
    private static async Task RunAsync(string[] switches, params string[] commands)
    {
        var start = new ProcessStartInfo("ip", [.. switches, "-batch", "-"]) { RedirectStandardInput = true, RedirectStandardError = true };
        using Process ip = Process.Start(start)!;
        await ip.StandardInput.WriteAsync(string.Join('\n', commands) + '\n');
        ip.StandardInput.Close();
        string mistakes = await ip.StandardError.ReadToEndAsync();
        await ip.WaitForExitAsync().Soon("ip");
        if (ip.ExitCode != 0)
            throw new InvalidOperationException(mistakes.ReplaceLineEndings(" ").Trim());
    }

    private IPAddress ClientOn(int line) => Address(line, 1);

    /// <summary>Each line is a net of four addresses, so that each end knows where to answer.</summary>
    private IPAddress Address(int line, int end) => new([198, 18, (byte)_net, (byte)((4 * line) + end)]);

    /// <summary>Nothing about it may change later: browsers look at all networks, and begin anew where one comes or goes.</summary>
    private async Task LayAsync(int lines)
    {
        int[] all = [.. Enumerable.Range(0, lines)];
        await RunAsync([], [
            $"netns add {Name}",
            $"link add {Outer} type veth peer name {Inner} netns {Name}",
            .. all.Select(line => $"addr add {ClientOn(line)}/30 dev {Outer}"),
        ]);
        // Where there is IPv6, an address of its own would come a second later.
        if (Directory.Exists("/proc/sys/net/ipv6"))
            await RunAsync([], $"link set {Outer} addrgenmode none");
        // Not with -n: so it is seen that programs can be run in it.
        await RunAsync(["netns", "exec", Name, "ip"], ["link set lo up", .. all.Select(line => $"addr add {ServerOn(line)}/30 dev {Inner}"), $"link set {Inner} up"]);
        await RunAsync([], $"link set {Outer} up");
    }
}
