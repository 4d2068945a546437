using System.Text;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Tests.Server.Options;

internal sealed class CommandLineTests
{
    private static IEnumerable<TestCaseData> GoodValues()
    {
        yield return Good("--listen", "-l", "127.0.0.1:80", o => o.Listen.Single().ToString(), "127.0.0.1:80");
        yield return Good("--read-buffer", "-r", "1024", o => o.ReadBuffer, 1024);
        yield return Good("--write-buffer", "-w", "1", o => o.WriteBuffer, 1);
        yield return Good("--timeout", "-t", "86400", o => o.Timeout, TimeSpan.FromDays(1));
        yield return Good("--timeout", "-t", "1m30s", o => o.Timeout, TimeSpan.FromSeconds(90));
        yield return Good("--cache", "-c", "500ms", o => o.Cache, TimeSpan.FromMilliseconds(500));
        yield return Good("--cache", "-c", "0", o => o.Cache, TimeSpan.Zero);
        yield return Good("--cache", "-c", "7", o => o.Cache, TimeSpan.FromSeconds(7));
        yield return Good("--resume", null, "90", o => o.Resume, TimeSpan.FromSeconds(90));
        yield return Good("--resume", null, "0", o => o.Resume, TimeSpan.Zero);
        yield return Good("--cache-size", null, "0", o => o.CacheSize, 0);
        yield return Good("--cache-size", null, "256k", o => o.CacheSize, 256 << 10);
        yield return Good("--cache-memory", null, "1G", o => o.CacheMemory, 1L << 30);
        yield return Good("--lag", null, "8MiB", o => o.Lag, 8L << 20);
        yield return Good("--lag", null, "4194305", o => o.Lag, 4194305L);
        yield return Good("--cache-memory", null, "8589934592", o => o.CacheMemory, 8589934592L);
        yield return Good("--verbose", "-v", "ERROR", o => o.Verbosity, LogLevel.Error);
        yield return Good("--verbose", "-v", "warn", o => o.Verbosity, LogLevel.Warning);
        yield return Good("--verbose", "-v", "Info", o => o.Verbosity, LogLevel.Information);
        yield return Good("--verbose", "-v", "DEBUG", o => o.Verbosity, LogLevel.Debug);
        yield return Good("--publish-key", null, "a=b:c~", o => Encoding.UTF8.GetString(o.PublishKeys.Single()), "a=b:c~");
        yield return Good("--publish-key", null, "-Dash", o => Encoding.UTF8.GetString(o.PublishKeys.Single()), "-Dash");
        yield return Good("--admin-listen", null, "unix:/run/keker.sock", o => o.AdminListen.Single().Path!, "/run/keker.sock");
        yield return Good("--hook-url", null, "https://backend.example:8443/keker?a=b", o => o.HookUrl!.AbsoluteUri, "https://backend.example:8443/keker?a=b");
        yield return Good("--hook-secret", null, "s3cret", o => System.Text.Encoding.ASCII.GetString(o.HookSecret), "s3cret");
        yield return Good("--allow-origin", null, "HTTPS://Example.com:443", o => o.AllowedOrigins.Single(), "https://example.com");
        yield return Good("--max-connections", null, "2147483647", o => o.MaxConnections, int.MaxValue);
        yield return Good("--max-connections-per-ip", null, "3", o => o.MaxConnectionsPerIp, 3);
        yield return Good("--hello-rate", null, "30", o => o.HelloRate, 30);
        yield return Good("--publish-rate", null, "100", o => o.PublishRate, 100);
        yield return Good("--trust-proxy", null, "10.0.0.0/8", o => o.TrustedProxies.Single(), System.Net.IPNetwork.Parse("10.0.0.0/8"));
        yield return Good("--compression", null, "on", o => o.Compression, true);
        yield return Good("--compression", null, "off", o => o.Compression, false);
        yield return Good("--compression", null, "True", o => o.Compression, true);
        yield return Good("--compression", null, "0", o => o.Compression, false);
        yield return Good("--echo", null, "yes", o => o.Echo, true);
        yield return Good("--echo", null, "NO", o => o.Echo, false);
        yield return Good("--echo", null, "on", o => o.Echo, true);
        yield return Good("--drain", null, "1h", o => o.Drain, TimeSpan.FromHours(1));
        yield return Good("--drain-delay", null, "10s", o => o.DrainDelay, TimeSpan.FromSeconds(10));
        yield return Good("--log-format", null, "Json", o => o.LogFormat ?? LogFormat.Text, LogFormat.Json);
    }

    [Test]
    public void A_switch_without_a_value_is_on()
    {
        KekerOptions options = CommandLineRun.Of("--echo", "--compression", "--timeout", "5").Accepted;
        Assert.That((options.Echo, options.Compression), Is.EqualTo((true, true)));
    }

    [Test]
    public void Without_arguments_everything_has_the_documented_default()
    {
        KekerOptions options = CommandLineRun.Of().Accepted;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Listen.Select(address => address.ToString()), Is.EqualTo(new[] { "0.0.0.0:3498" }));
            Assert.That(options.CertificatePath, Is.Null);
            Assert.That(options.KeyPath, Is.Null);
            Assert.That(options.ReadBuffer, Is.EqualTo(51200));
            Assert.That(options.WriteBuffer, Is.EqualTo(1048576));
            Assert.That(options.Timeout, Is.EqualTo(TimeSpan.FromSeconds(60)));
            Assert.That(options.Cache, Is.EqualTo(TimeSpan.FromSeconds(5)));
            Assert.That(options.Resume, Is.EqualTo(TimeSpan.FromMinutes(2)));
            Assert.That(options.CacheSize, Is.EqualTo(262144));
            Assert.That(options.Lag, Is.EqualTo(4194304));
            Assert.That(options.CacheMemory, Is.EqualTo(67108864));
            Assert.That(options.Verbosity, Is.EqualTo(LogLevel.Information));
            Assert.That(options.PublishKeys, Is.Empty);
            Assert.That(options.AdminListen, Is.Empty);
            Assert.That(options.AllowedOrigins, Is.Empty);
            Assert.That(options.MaxConnections, Is.Zero);
            Assert.That(options.Drain, Is.EqualTo(TimeSpan.FromSeconds(10)));
        }
    }

    [TestCaseSource(nameof(GoodValues))]
    public void An_option_is_read_by_its_long_name(string name, string? shortName, string value, Func<KekerOptions, object> get, object expected)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(get(CommandLineRun.Of(name, value).Accepted), Is.EqualTo(expected));
            Assert.That(get(CommandLineRun.Of($"{name}={value}").Accepted), Is.EqualTo(expected));
            if (shortName is not null)
                Assert.That(get(CommandLineRun.Of(shortName, value).Accepted), Is.EqualTo(expected));
        }
    }

    [TestCaseSource(nameof(GoodValues))]
    public void An_option_is_read_from_the_environment(string name, string? shortName, string value, Func<KekerOptions, object> get, object expected)
    {
        string variable = "KEKER_" + name[2..].Replace('-', '_').ToUpperInvariant();

        KekerOptions options = CommandLineRun.With(new() { [variable] = value }).Accepted;

        Assert.That(get(options), Is.EqualTo(expected));
    }

    [Test]
    public void Every_option_has_a_good_value_in_these_tests()
    {
        IEnumerable<string> tested = GoodValues().Select(good => (string)good.Arguments[0]!).Append("--cert").Append("--key").Concat(AccessOptionsTests.Tested).Distinct();

        Assert.That(tested, Is.EquivalentTo(OptionDefinitions.All.Select(option => option.Name)));
    }

    [TestCase("--cert", "--key")]
    [TestCase("-e", "-k")]
    public void Certificate_and_key_are_read_together(string certificate, string key)
    {
        KekerOptions options = CommandLineRun.Of(certificate, "c.pem", key, "k.pem").Accepted;

        Assert.That((options.CertificatePath, options.KeyPath), Is.EqualTo(("c.pem", "k.pem")));
    }

    [Test]
    public void Certificate_and_key_are_read_from_the_environment()
    {
        KekerOptions options = CommandLineRun.With(new() { ["KEKER_CERT"] = "c.pem", ["KEKER_KEY"] = "k.pem" }).Accepted;

        Assert.That((options.CertificatePath, options.KeyPath), Is.EqualTo(("c.pem", "k.pem")));
    }

    [Test]
    public void Repeatable_options_keep_all_values_in_order()
    {
        KekerOptions options = CommandLineRun.Of(
            "-l", "127.0.0.1:1", "--listen", "[::1]:1", "--publish-key", "b", "--publish-key", "a,c", "--allow-origin", "http://b", "--allow-origin", "null").Accepted;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Listen.Select(address => address.ToString()), Is.EqualTo(new[] { "127.0.0.1:1", "[::1]:1" }));
            Assert.That(options.PublishKeys.Select(Encoding.UTF8.GetString), Is.EqualTo(new[] { "b", "a,c" }));
            Assert.That(options.AllowedOrigins, Is.EqualTo(new[] { "http://b", "null" }));
        }
    }

    [Test]
    public void Commas_separate_repeated_values_in_the_environment()
    {
        KekerOptions options = CommandLineRun.With(new() { ["KEKER_LISTEN"] = "127.0.0.1:1, [::1]:1,", ["KEKER_PUBLISH_KEY"] = "a,b" }).Accepted;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Listen.Select(address => address.ToString()), Is.EqualTo(new[] { "127.0.0.1:1", "[::1]:1" }));
            Assert.That(options.PublishKeys.Select(Encoding.UTF8.GetString), Is.EqualTo(new[] { "a", "b" }));
        }
    }

    [Test]
    public void The_mode_of_a_Unix_socket_stays_with_its_path_in_the_environment()
    {
        KekerOptions options = CommandLineRun.With(new() { ["KEKER_LISTEN"] = "unix:/a,mode=0600,127.0.0.1:1, unix:/b , mode=0666" }).Accepted;
        Assert.That(options.Listen.Select(address => address.ToString()), Is.EqualTo(new[] { "unix:/a,mode=0600", "127.0.0.1:1", "unix:/b,mode=0666" }));
    }

    [Test]
    public void The_command_line_wins_over_the_environment()
    {
        KekerOptions options = CommandLineRun.With(
            new() { ["KEKER_TIMEOUT"] = "nonsense", ["KEKER_LISTEN"] = "127.0.0.1:1", ["KEKER_DRAIN"] = "3s" },
            "-t", "7", "-l", "127.0.0.1:2").Accepted;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Timeout, Is.EqualTo(TimeSpan.FromSeconds(7)));
            Assert.That(options.Listen.Select(address => address.Port), Is.EqualTo(new[] { 2 }));
            Assert.That(options.Drain, Is.EqualTo(TimeSpan.FromSeconds(3)));
        }
    }

    [Test]
    public void An_empty_variable_is_as_good_as_none_where_nothing_is_guarded()
    {
        KekerOptions options = CommandLineRun.With(new() { ["KEKER_CERT"] = "", ["KEKER_TIMEOUT"] = "" }).Accepted;

        Assert.That((options.CertificatePath, options.Timeout), Is.EqualTo(((string?)null, TimeSpan.FromSeconds(60))));
    }

    [Test]
    public void Unknown_variables_are_told_and_ignored_except_those_of_kubernetes_and_of_clients()
    {
        CommandLineRun run = CommandLineRun.With(new()
        {
            ["KEKER_URL"] = "x",
            ["KEKER_URI"] = "x",
            ["KEKER_TIMEOUTS"] = "x",
            ["KEKER_SERVICE_HOST"] = "10.0.0.1",
            ["KEKER_SERVICE_PORT_HTTP"] = "80",
            ["KEKER_PORT"] = "tcp://10.0.0.1:80",
            ["KEKER_PORT_80_TCP_ADDR"] = "10.0.0.1",
            ["KEKERD"] = "x",
        });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.Errors, Is.EqualTo(new[]
            {
                "kekerd: 'KEKER_TIMEOUTS': no such option, the variable is ignored; the nearest is KEKER_TIMEOUT",
                "kekerd: 'KEKER_URI': no such option, the variable is ignored; the nearest is KEKER_URL",
            }));
            Assert.That(run.Options, Is.Not.Null);
        }
    }

    [Test]
    public void A_larger_write_buffer_takes_the_lag_along()
    {
        Assert.That(CommandLineRun.Of("-w", "2000000").Accepted.Lag, Is.EqualTo(8_000_000));
    }

    [Test]
    public void Listening_on_any_free_port_twice_is_fine()
    {
        Assert.That(CommandLineRun.Of("-l", "127.0.0.1:0", "-l", "127.0.0.1:0").Accepted.Listen, Has.Length.EqualTo(2));
    }

    private static TestCaseData Good(string name, string? shortName, string value, Func<KekerOptions, object> get, object expected) =>
        new TestCaseData(name, shortName, value, get, expected).SetArgDisplayNames(name, value);
}
