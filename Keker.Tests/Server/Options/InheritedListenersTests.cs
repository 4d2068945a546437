using Keker.Server.Options;

namespace Keker.Tests.Server.Options;

internal sealed class InheritedListenersTests
{
    private static readonly KekerOptions Options = new() { Listen = [ListenAddress.Parse("127.0.0.1:1")] };

    [TestCase("web", "fd:3", "")]
    [TestCase("", "fd:3", "")]
    [TestCase("admin", "127.0.0.1:1", "fd:3")]
    [TestCase("web:admin", "fd:3", "fd:4")]
    [TestCase("admin:web:web", "fd:4 fd:5", "fd:3")]
    [TestCase("proxy:admin-proxy", "fd:3,proxy", "fd:4,proxy")]
    public void Descriptors_take_the_place_of_addresses_by_their_names(string names, string listen, string admin)
    {
        KekerOptions options = InheritedListeners.Apply(Options, Environment("7", $"{names.Split(':').Length}", names), processId: 7);

        Assert.That(string.Join(' ', options.Listen), Is.EqualTo(listen));
        Assert.That(string.Join(' ', options.AdminListen), Is.EqualTo(admin));
        Assert.That(options.Listen.Concat(options.AdminListen).Select(address => address.IsProxied), Is.EqualTo($"{listen} {admin}".Trim().Split(' ').Select(address => address.EndsWith(",proxy", StringComparison.Ordinal))));
    }

    [Test]
    public void Without_names_all_are_for_everybody()
    {
        Dictionary<string, string> environment = Environment("7", "2", "");
        environment.Remove("LISTEN_FDNAMES");
        Assert.That(string.Join(' ', InheritedListeners.Apply(Options, environment, processId: 7).Listen), Is.EqualTo("fd:3 fd:4"));
    }

    [TestCase("8", "1")]
    [TestCase("7", "0")]
    [TestCase("7", "-1")]
    [TestCase("7", "x")]
    [TestCase("7", "99999")]
    [TestCase("", "1")]
    public void What_is_not_for_this_process_or_no_number_changes_nothing(string process, string count) =>
        Assert.That(InheritedListeners.Apply(Options, Environment(process, count, "web"), processId: 7), Is.SameAs(Options));

    private static Dictionary<string, string> Environment(string process, string count, string names) =>
        new() { ["LISTEN_PID"] = process, ["LISTEN_FDS"] = count, ["LISTEN_FDNAMES"] = names };
}
