using System.Globalization;
using System.Text.RegularExpressions;
using Keker.Server.Options;

namespace Keker.Tests.EndToEnd.Packaging;

/// <summary>kekerd.service and what goes with it, as systemd reads it.</summary>
[Platform("Linux")]
internal sealed partial class UnitTests
{
    /// <summary>What <c>systemd-analyze security</c> may find open: sockets, and the figures of the machine's memory.</summary>
    private const double MostExposure = 1.5;

    private TempDirectory _directory = null!;

    /// <summary>Units in a folder of their own, with a program that is there: systemd looks whether it is.</summary>
    [SetUp]
    public void CopyUnits()
    {
        _directory = new TempDirectory();
        string service = PackagingFiles.Read("kekerd.service");
        File.WriteAllText(_directory.File("kekerd.service"), service.Replace("ExecStart=/usr/bin/kekerd", "ExecStart=/bin/true", StringComparison.Ordinal));
        File.WriteAllText(_directory.File("kekerd.socket"), PackagingFiles.Read("kekerd.socket"));
        Directory.CreateDirectory(_directory.File("kekerd.service.d"));
        File.WriteAllText(_directory.File("kekerd.service.d/tls.conf"), PackagingFiles.Read("kekerd-tls.conf"));
    }

    [TearDown]
    public void Drop() => _directory.Dispose();

    [Test]
    public async Task Systemd_finds_no_mistake_in_the_units()
    {
        PackagingFiles.Need("systemd-analyze");

        ExitedProcess run = await PackagingFiles.TryRunAsync("systemd-analyze", "verify", "--man=no", _directory.File("kekerd.service"), _directory.File("kekerd.socket"));

        Assert.That(run.Errors, Does.Not.Contain("kekerd"));
        Assert.That(run.Status, Is.Zero);
    }

    [Test]
    public async Task The_service_may_do_no_more_than_it_has_to()
    {
        PackagingFiles.Need("systemd-analyze");

        ExitedProcess run = await PackagingFiles.TryRunAsync("systemd-analyze", "security", "--offline=true", "--no-pager", _directory.File("kekerd.service"));

        if (run.Errors.Contains("offline", StringComparison.Ordinal))
            Assert.Ignore("this systemd judges running services only");
        Match found = Exposure().Match(run.Output);
        Assert.That(found.Success, Is.True, run.Output + run.Errors);
        Assert.That(double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture), Is.AtMost(MostExposure), run.Output);
    }

    [Test]
    public void The_socket_is_where_the_service_listens() =>
        Assert.That(PackagingFiles.Read("kekerd.socket"), Does.Contain($"ListenStream={Setting("KEKER_LISTEN")}\n"));

    [Test]
    public void Every_variable_is_that_of_an_option()
    {
        string[] named = [.. new[] { "kekerd.env", "kekerd-tls.conf" }.SelectMany(file => Variable().Matches(PackagingFiles.Read(file))).Select(match => match.Value).Distinct()];

        Assert.That(named, Has.Length.GreaterThan(3));
        Assert.That(named, Is.SubsetOf(OptionDefinitions.All.Select(option => option.EnvironmentVariable)));
    }

    [Test]
    public async Task What_it_starts_with_is_closed()
    {
        string key = _directory.File("publish-key");
        await File.WriteAllTextAsync(key, "made-at-the-installation\n");
        Assert.That(Setting("KEKER_LISTEN"), Does.StartWith("127.0.0.1:"));
        string file = Setting("KEKER_PUBLISH_KEY").Replace("/etc/keker/publish-key", key, StringComparison.Ordinal);
        await using KekerProcess keker = await KekerProcess.StartByAsync(["env", $"KEKER_PUBLISH_KEY={file}"]);
        using var stranger = new Backend(keker.EndPoint);
        using var backend = new Backend(keker.EndPoint) { Key = "made-at-the-installation" };

        Assert.That((await stranger.PublishAsync("one", "text")).Status, Is.EqualTo(401));
        Assert.That((await backend.PublishAsync("one", "text")).Status, Is.EqualTo(404));
    }

    private static string Setting(string variable) =>
        PackagingFiles.Read("kekerd.env").Split('\n').Single(line => line.StartsWith($"{variable}=", StringComparison.Ordinal))[(variable.Length + 1)..];

    [GeneratedRegex(@"exposure level for kekerd\.service: ([0-9.]+)")]
    private static partial Regex Exposure();

    [GeneratedRegex("KEKER_[A-Z_]+")]
    private static partial Regex Variable();
}
