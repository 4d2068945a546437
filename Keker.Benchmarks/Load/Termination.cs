using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Keker.Benchmarks.Load;

/// <summary>Ends processes of our own.</summary>
internal static partial class Termination
{
    private const int SigTerm = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Asks the process to end, so that it ends its children itself; kills whatever does not listen.</summary>
    public static async Task EndAsync(Process process)
    {
        if (!process.HasExited && !OperatingSystem.IsWindows() && Kill(process.Id, SigTerm) == 0)
        {
            try
            {
                await process.WaitForExitAsync().WaitAsync(Patience);
            }
            catch (TimeoutException)
            {
                // It is killed.
            }
        }
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
