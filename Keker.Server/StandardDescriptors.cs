using System.Runtime.InteropServices;

namespace Keker.Server;

/// <summary>
/// Standard input, output and error of a process that was started without them. The next files to be opened take their numbers: logs would go
/// into sockets, and the console does not open at all.
/// </summary>
internal static unsafe partial class StandardDescriptors
{
    private const int Count = 3;
    private const int GetFlags = 1;
    private const int CloseOnExec = 1;
    private const int ReadWrite = 2;

    /// <summary>Opens /dev/null in the place of those that are missing. Before anything else.</summary>
    /// <remarks>
    /// The runtime has opened files by now, and needs them where they are. So the process is started anew with all three, under its own number, which costs
    /// some milliseconds where one was missing. What was passed on to it shows by not being closed on exec.
    /// </remarks>
    public static void Complete()
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessPath is not { } path || IsComplete())
            return;
        byte[] arguments = File.ReadAllBytes("/proc/self/cmdline");
        int nothing = Open("/dev/null", ReadWrite);
        if (nothing < 0)
            return;
        for (int descriptor = 0; descriptor < Count; descriptor++)
        {
            if (IsMissing(descriptor) && Duplicate(nothing, descriptor) < 0)
                return;
        }
        StartAnew(path, arguments);
    }

    private static bool IsComplete() => !IsMissing(0) && !IsMissing(1) && !IsMissing(2);

    private static bool IsMissing(int descriptor) => Control(descriptor, GetFlags) is var flags && (flags < 0 || (flags & CloseOnExec) != 0);

    /// <param name="path">The program.</param>
    /// <param name="arguments">Each ends with a zero byte.</param>
    private static void StartAnew(string path, byte[] arguments)
    {
        fixed (byte* first = arguments)
        {
            byte** pointers = stackalloc byte*[arguments.AsSpan().Count((byte)0) + 1];
            int count = 0;
            for (int i = 0; i < arguments.Length; i++)
            {
                if (i == 0 || arguments[i - 1] == 0)
                    pointers[count++] = first + i;
            }
            pointers[count] = null;
            _ = Execute(path, pointers);
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, byte** arguments);
}
