using System.Runtime.InteropServices;

namespace Keker.Tests.EndToEnd.Packaging;

/// <summary>The .deb, made of the binary under test.</summary>
[Platform("Linux")]
internal sealed class DebianPackageTests
{
    private const string Old = "0.1.0+20260101.aaaaaaa";
    private const string New = "0.1.0+20260102.bbbbbbb";

    /// <summary>
    /// Installs, changes, upgrades, removes and purges on a copy of this machine that is gone afterwards: the file system below is only read.
    /// </summary>
    private const string LifeOfPackage = """
        set -e
        mount -t tmpfs none "$1"
        mkdir "$1/upper" "$1/work" "$1/root"
        mount -t overlay none -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
        mount --bind /dev "$1/root/dev"
        mount --bind /proc "$1/root/proc"
        cp "$2" "$1/root/old.deb"
        cp "$3" "$1/root/new.deb"
        exec chroot "$1/root" /bin/sh -ec '
            rm -rf /etc/keker
            say() { echo "$1: $2"; }
            dpkg --no-triggers -i /old.deb >&2
            say key "$(stat -c "%a %U:%G" /etc/keker/publish-key)"
            say characters "$(wc -c < /etc/keker/publish-key)"
            say user "$(id -un keker) $(id -gn keker)"
            say settings "$(stat -c "%a %U:%G" /etc/keker/kekerd.env)"
            say version "$(/usr/bin/kekerd --version | wc -l)"
            cp /etc/keker/publish-key /first
            echo KEKER_ECHO=on >> /etc/keker/kekerd.env
            dpkg --no-triggers --force-confold -i /new.deb >&2
            say "key after an upgrade" "$(cmp /first /etc/keker/publish-key && echo the same)"
            say "change after an upgrade" "$(grep -c KEKER_ECHO /etc/keker/kekerd.env)"
            rm /etc/keker/publish-key
            dpkg --no-triggers --force-confold -i /new.deb >&2
            say "key that was taken away" "$(ls /etc/keker)"
            cp /first /etc/keker/publish-key
            dpkg --no-triggers -r kekerd >&2
            say removed "$(ls /usr/bin/kekerd 2>/dev/null || echo no binary), $(echo $(ls /etc/keker))"
            dpkg --no-triggers -P kekerd >&2
            say purged "$(ls -d /etc/keker 2>/dev/null || echo nothing)"
        '
        """;

    private TempDirectory _directory = null!;

    [OneTimeSetUp]
    public async Task MakePackagesAsync()
    {
        PackagingFiles.Need("dpkg-deb");
        PackagingFiles.Need("readelf");
        _directory = new TempDirectory();
        await File.WriteAllTextAsync(_directory.File("kekerd.8"), ".TH KEKERD 8\n");
        foreach (string version in (string[])[Old, New])
            await PackagingFiles.RunAsync("bash", Path.Combine(PackagingFiles.Folder, "deb.sh"), KekerBinary.Found, Architecture, version, _directory.Path, _directory.File("kekerd.8"));
    }

    [OneTimeTearDown]
    public void Drop() => _directory?.Dispose();

    private static string Architecture => RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    [Test]
    public async Task It_has_these_files_and_no_others()
    {
        string[] lines = (await PackagingFiles.RunAsync("dpkg-deb", "--contents", Package(Old))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.That(lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(fields => !fields[5].EndsWith('/')).Select(fields => $"{fields[0]} {fields[1]} {fields[5]}"), Is.EquivalentTo((string[])
        [
            "-rwxr-xr-x root/root ./usr/bin/kekerd",
            "-rw-r--r-- root/root ./usr/lib/systemd/system/kekerd.service",
            "-rw-r--r-- root/root ./usr/lib/systemd/system/kekerd.socket",
            "-rw-r--r-- root/root ./usr/lib/sysusers.d/kekerd.conf",
            "-rw-r----- root/root ./etc/keker/kekerd.env",
            .. PackagingFiles.Examples.Select(file => $"-rw-r--r-- root/root ./usr/share/doc/kekerd/examples/{file}"),
            "-rw-r--r-- root/root ./usr/share/doc/kekerd/copyright",
            "-rw-r--r-- root/root ./usr/share/doc/kekerd/changelog.gz",
            "-rw-r--r-- root/root ./usr/share/man/man8/kekerd.8.gz",
        ]));
    }

    [Test]
    public async Task It_says_which_version_it_is_and_what_it_needs()
    {
        Assert.That((await FieldAsync("Version")).Trim(), Is.EqualTo(Old));
        Assert.That((await FieldAsync("Architecture")).Trim(), Is.EqualTo(Architecture));
        Assert.That(await FieldAsync("Depends"), Does.Match(@"^libc6 \(>= 2\.\d\d\), "));
    }

    [Test]
    public async Task The_unit_starts_the_binary_that_is_in_it()
    {
        await PackagingFiles.RunAsync("dpkg-deb", "--extract", Package(Old), _directory.File("unpacked"));

        string unit = await File.ReadAllTextAsync(_directory.File("unpacked/usr/lib/systemd/system/kekerd.service"));
        string started = unit.Split('\n').Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..];
        string settings = unit.Split('\n').Single(line => line.StartsWith("EnvironmentFile=", StringComparison.Ordinal))["EnvironmentFile=".Length..];
        byte[] binary = await File.ReadAllBytesAsync(KekerBinary.Found);
        Assert.That((await File.ReadAllBytesAsync(_directory.File($"unpacked{started}"))).SequenceEqual(binary), Is.True);
        Assert.That(_directory.File($"unpacked{settings}"), Does.Exist);
    }

    [Test]
    public async Task It_makes_its_key_once_keeps_what_the_operator_changed_and_leaves_nothing_when_purged()
    {
        if (Environment.UserName != "root")
            Assert.Ignore("only root installs packages");
        PackagingFiles.Need("systemd-sysusers");
        PackagingFiles.Need("unshare");
        Directory.CreateDirectory(_directory.File("copy"));

        ExitedProcess run = await PackagingFiles.TryRunAsync("unshare", "--mount", "bash", "-c", LifeOfPackage, "bash", _directory.File("copy"), Package(Old), Package(New));

        if (run.Errors.Contains("mount:", StringComparison.Ordinal) || run.Errors.Contains("unshare:", StringComparison.Ordinal))
            Assert.Ignore($"no copy of this machine can be made: {run.Errors}");
        Assert.That(run.OutputLines, Is.EqualTo(new[]
        {
            "key: 640 root:keker",
            "characters: 65",
            "user: keker keker",
            "settings: 640 root:root",
            "version: 1",
            "key after an upgrade: the same",
            "change after an upgrade: 1",
            "key that was taken away: kekerd.env",
            "removed: no binary, kekerd.env publish-key",
            "purged: nothing",
        }), run.Errors);
        Assert.That(run.Status, Is.Zero, run.Errors);
    }

    private string Package(string version) => _directory.File($"kekerd_{version}_{Architecture}.deb");

    private Task<string> FieldAsync(string name) => PackagingFiles.RunAsync("dpkg-deb", "--field", Package(Old), name);
}
