using System.Collections.Immutable;
using System.Globalization;

namespace Keker.Server.Options;

/// <summary>
/// Descriptors on which the service manager listens already (sd_listen_fds(3)): they take the place of the addresses in the options. Those that it calls
/// <c>admin</c> stand for --admin-listen, <c>proxy</c> and <c>admin-proxy</c> for an address with <c>,proxy</c>; any other name for --listen. Pure.
/// </summary>
internal static class InheritedListeners
{
    /// <summary>The variables: they are for this process and for none that it starts.</summary>
    public static readonly ImmutableArray<string> Variables = [ForProcess, Count, Names];

    private const string ForProcess = "LISTEN_PID";
    private const string Count = "LISTEN_FDS";
    private const string Names = "LISTEN_FDNAMES";

    /// <summary>The first of them; they follow each other.</summary>
    private const int FirstDescriptor = 3;

    /// <summary>More than anybody hands over: catches nonsense in the variable.</summary>
    private const int Most = 1024;

    /// <summary>Puts them into the options.</summary>
    /// <param name="options">What the operator decided.</param>
    /// <param name="environment">All variables.</param>
    /// <param name="processId">This process; descriptors for another one are none of ours.</param>
    /// <returns>The same options where nothing is inherited.</returns>
    public static KekerOptions Apply(KekerOptions options, IReadOnlyDictionary<string, string> environment, int processId)
    {
        if (NumberIn(environment, ForProcess) != processId || NumberIn(environment, Count) is not (> 0 and <= Most and var count))
            return options;
        string[] names = environment.GetValueOrDefault(Names, "").Split(':');
        List<ListenAddress> listen = [];
        List<ListenAddress> admin = [];
        for (int i = 0; i < count; i++)
        {
            string name = i < names.Length ? names[i] : "";
            var address = ListenAddress.OfDescriptor(FirstDescriptor + i, isProxied: name is "proxy" or "admin-proxy");
            (name is "admin" or "admin-proxy" ? admin : listen).Add(address);
        }
        return options with
        {
            Listen = listen.Count > 0 ? [.. listen] : options.Listen,
            AdminListen = admin.Count > 0 ? [.. admin] : options.AdminListen,
        };
    }

    private static int? NumberIn(IReadOnlyDictionary<string, string> environment, string name) =>
        environment.TryGetValue(name, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
