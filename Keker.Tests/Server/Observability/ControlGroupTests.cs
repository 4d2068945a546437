using Keker.Server.Observability;
using Keker.Tests.EndToEnd;

namespace Keker.Tests.Server.Observability;

/// <summary>Files as the kernel shows them, in a directory of the test's own.</summary>
internal sealed class ControlGroupTests
{
    private const string Stat1 = "cache 5\ninactive_file 1\ntotal_inactive_file 3000\ntotal_active_file 500\n";
    private const string Stat2 = "anon 5000\nfile 3500\ninactive_file 3000\nactive_file 500\n";

    private TempDirectory _directory = null!;

    [SetUp]
    public void Make() => _directory = new TempDirectory();

    [TearDown]
    public void Drop() => _directory.Dispose();

    [Test]
    public void Version_2_has_the_tightest_limit_on_the_way_up()
    {
        Write("sys/memory.stat", Stat2);
        Write("sys/pod/memory.max", "10000\n");
        Write("sys/pod/memory.current", "9000\n");
        Write("sys/pod/memory.stat", Stat2);
        Write("sys/pod/app/memory.max", "max\n");
        Write("groups", "0::/pod/app\n");
        Write("mounts", $"41 31 0:38 / {_directory.Path}/sys rw,relatime - cgroup2 cgroup2 rw\n");

        ControlGroup? group = Find();

        Assert.That((group?.Limit, group?.UsedBytes), Is.EqualTo((10000L, 5500L)), "cached files do not count");
    }

    [Test]
    public void Version_1_is_found_where_a_container_shows_its_own_group_as_the_root()
    {
        Write("sys/memory.limit_in_bytes", "10000\n");
        Write("sys/memory.usage_in_bytes", "9000\n");
        Write("sys/memory.stat", Stat1);
        Write("groups", "8:pids:/docker/1\n4:cpu,memory:/docker/1\n0::/docker/1\n");
        Write("mounts", $"34 31 0:35 /docker/1 {_directory.Path}/sys rw,relatime - cgroup cgroup rw,memory\n");

        ControlGroup? group = Find();

        Assert.That((group?.Limit, group?.UsedBytes), Is.EqualTo((10000L, 5500L)));
    }

    [Test]
    public void Without_a_limit_there_is_no_group([Values] bool isVersion2)
    {
        Write("sys/memory.max", "max\n");
        Write("sys/memory.limit_in_bytes", "9223372036854771712\n");
        Write("groups", "4:memory:/\n0::/\n");
        Write("mounts", $"34 31 0:35 / {_directory.Path}/sys rw - {(isVersion2 ? "cgroup2 cgroup2 rw" : "cgroup cgroup rw,memory")}\n");

        Assert.That(Find(), Is.Null);
    }

    [TestCase("", "")]
    [TestCase("nonsense\n4:memory\n", "nonsense\n1 2 3\n")]
    [TestCase("4:memory:/nowhere\n", "34 31 0:35 / /nowhere rw - cgroup cgroup rw,memory\n")]
    public void What_cannot_be_read_is_no_group(string groups, string mounts)
    {
        Write("groups", groups);
        Write("mounts", mounts);

        Assert.That(Find(), Is.Null);
        Assert.That(ControlGroup.Find("/nowhere", "/nowhere"), Is.Null);
    }

    private ControlGroup? Find() => ControlGroup.Find(Path.Combine(_directory.Path, "groups"), Path.Combine(_directory.Path, "mounts"));

    private void Write(string name, string text)
    {
        string path = Path.Combine(_directory.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
