namespace Keker.Server.Observability;

/// <summary>The memory controller's limit and figures for the control group of this process: version 2, or version 1 (cgroups(7)).</summary>
/// <remarks>Thread-safe. Linux only.</remarks>
internal sealed class ControlGroup
{
    private readonly string _directory;
    private readonly bool _isVersion2;

    private ControlGroup(string directory, bool isVersion2, long limit)
    {
        _directory = directory;
        _isVersion2 = isVersion2;
        Limit = limit;
    }

    /// <summary>Bytes that the group may have.</summary>
    public long Limit { get; }

    /// <summary>Bytes that the group has, without cached files: the kernel drops those before it ends anybody. Null when it cannot be read.</summary>
    public long? UsedBytes
    {
        get
        {
            try
            {
                long used = ReadNumber(Path.Combine(_directory, _isVersion2 ? "memory.current" : "memory.usage_in_bytes")) ?? 0;
                string prefix = _isVersion2 ? "" : "total_";
                foreach (string line in File.ReadLines(Path.Combine(_directory, "memory.stat")))
                {
                    if (TryReadStat(line, $"{prefix}inactive_file", out long bytes) || TryReadStat(line, $"{prefix}active_file", out bytes))
                        used -= bytes;
                }
                return Math.Max(0, used);
            }
            catch (Exception e) when (IsUnreadable(e))
            {
                return null;
            }
        }
    }

    /// <returns>Null where there is none, or none with a limit.</returns>
    public static ControlGroup? OfProcess() => OperatingSystem.IsLinux() ? Find("/proc/self/cgroup", "/proc/self/mountinfo") : null;

    /// <summary>The nearest group from that of the process upwards that has a limit.</summary>
    /// <param name="groupsPath">What /proc/self/cgroup has: <c>ID:CONTROLLERS:PATH</c> a line, for version 2 <c>0::PATH</c>.</param>
    /// <param name="mountsPath">What /proc/self/mountinfo has (proc(5)).</param>
    public static ControlGroup? Find(string groupsPath, string mountsPath)
    {
        try
        {
            string[] mounts = File.ReadAllLines(mountsPath);
            ControlGroup? found = null;
            foreach (string line in File.ReadLines(groupsPath))
            {
                string[] parts = line.Split(':', 3);
                if (parts.Length < 3)
                    continue;
                bool isVersion2 = parts[0] == "0" && parts[1].Length == 0;
                if ((isVersion2 || parts[1].Split(',').Contains("memory")) && Find(mounts, parts[2], isVersion2) is { } group && !(group.Limit >= found?.Limit))
                    found = group;
            }
            return found;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    private static ControlGroup? Find(string[] mounts, string path, bool isVersion2)
    {
        if (MountOf(mounts, isVersion2) is not { } mount)
            return null;

        // In a container the mount often shows the group itself as its root.
        string inside = mount.Root != "/" && (path + "/").StartsWith(mount.Root + "/", StringComparison.Ordinal) ? path[mount.Root.Length..] : path;
        string directory = mount.Point + inside.TrimEnd('/');
        if (!Directory.Exists(directory))
            directory = mount.Point;
        ControlGroup? tightest = null;
        for (; directory.Length >= mount.Point.Length; directory = Path.GetDirectoryName(directory)!)
        {
            long? limit = ReadNumber(Path.Combine(directory, isVersion2 ? "memory.max" : "memory.limit_in_bytes"));

            // Version 1 says "none" by a number near the largest there is.
            if (limit is { } bytes and > 0 and < long.MaxValue / 2 && !(bytes >= tightest?.Limit))
                tightest = new ControlGroup(directory, isVersion2, bytes);
        }
        return tightest;
    }

    /// <summary><c>ID PARENT MAJOR:MINOR ROOT POINT OPTIONS ... - TYPE SOURCE SUPEROPTIONS</c></summary>
    private static (string Root, string Point)? MountOf(string[] mounts, bool isVersion2)
    {
        foreach (string line in mounts)
        {
            string[] halves = line.Split(" - ", 2);
            string[] left = halves[0].Split(' ');
            string[] right = halves.Length < 2 ? [] : halves[1].Split(' ');
            if (left.Length < 5 || right.Length < 3)
                continue;
            if (isVersion2 ? right[0] == "cgroup2" : right[0] == "cgroup" && right[2].Split(',').Contains("memory"))
                return (left[3], left[4]);
        }
        return null;
    }

    /// <returns>Null for <c>max</c>, and where there is no such file.</returns>
    private static long? ReadNumber(string path) =>
        File.Exists(path) && long.TryParse(File.ReadAllText(path).AsSpan().Trim(), out long number) ? number : null;

    private static bool TryReadStat(string line, string name, out long bytes)
    {
        bytes = 0;
        return line.Length > name.Length && line[name.Length] == ' ' && line.StartsWith(name, StringComparison.Ordinal) && long.TryParse(line.AsSpan(name.Length + 1), out bytes);
    }

    private static bool IsUnreadable(Exception e) => e is IOException or UnauthorizedAccessException;
}
