using System.Runtime.InteropServices;

namespace Keker.Server.Net;

/// <summary>How many descriptors the process may have.</summary>
internal static partial class DescriptorLimit
{
    /// <summary>Listeners, the poll descriptors, log and certificate files, and the one kept in reserve; of a tiny limit a half.</summary>
    private const int Reserved = 64;

    private const int NoFile = 7;

    /// <summary>Raises the soft limit to the hard one and returns how many connections fit.</summary>
    public static int RaiseAndGetMostConnections() => MostConnections(Raise());

    /// <summary>How many connections fit.</summary>
    /// <param name="descriptors">What <see cref="Raise"/> has returned.</param>
    public static int MostConnections(int descriptors) => descriptors == int.MaxValue ? descriptors : descriptors - Math.Min(Reserved, descriptors / 2);

    /// <summary>Raises the soft limit to the hard one.</summary>
    /// <returns>The limit; the largest number where it cannot be told.</returns>
    public static int Raise()
    {
        if (!OperatingSystem.IsLinux() || GetLimit(NoFile, out Limit limit) != 0)
            return int.MaxValue;
        if (limit.Soft < limit.Hard)
        {
            limit.Soft = limit.Hard;
            if (SetLimit(NoFile, limit) != 0 && GetLimit(NoFile, out limit) != 0)
                return int.MaxValue;
        }
        return (int)Math.Min(limit.Soft, int.MaxValue);
    }

    /// <summary>Descriptors that the process may have; NaN where that is not known.</summary>
    public static double Most => OperatingSystem.IsLinux() && GetLimit(NoFile, out Limit limit) == 0 ? limit.Soft : double.NaN;

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
