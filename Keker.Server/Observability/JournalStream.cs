namespace Keker.Server.Observability;

/// <summary>Whether standard output, where the log goes, ends in the journal of systemd (systemd.exec(5), JOURNAL_STREAM). Stateless, thread-safe.</summary>
internal static class JournalStream
{
    private const string Variable = "JOURNAL_STREAM";
    private const string StandardOutput = "/proc/self/fd/1";

    /// <summary>True where it does. The variable alone says nothing: whoever starts a process with another output passes it on.</summary>
    public static bool IsStandardOutput()
    {
        try
        {
            return OperatingSystem.IsLinux() && Matches(Environment.GetEnvironmentVariable(Variable), File.ResolveLinkTarget(StandardOutput, returnFinalTarget: false)?.Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether a descriptor is what the variable names.</summary>
    /// <param name="variable">Device and inode as decimal numbers, with a colon between; null for none.</param>
    /// <param name="target">What the descriptor is: <c>socket:[INODE]</c> for a socket, of which all are on one device.</param>
    public static bool Matches(string? variable, string? target)
    {
        int colon = variable?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        return colon > 0 && target == $"socket:[{variable![(colon + 1)..]}]";
    }
}
