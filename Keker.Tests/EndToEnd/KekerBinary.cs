using System.Diagnostics;

namespace Keker.Tests.EndToEnd;

/// <summary>The real kekerd that these tests start: what KEKERD names, else the out/kekerd that ./build.sh made.</summary>
internal static class KekerBinary
{
    private static readonly string? Path = Find();

    /// <summary>Its path.</summary>
    public static string Found
    {
        get
        {
            Assert.That(Path, Is.Not.Null, "kekerd was not found: run ./build.sh build, or name the binary in the environment variable KEKERD");
            return Path!;
        }
    }

    /// <summary>A process with these arguments, not started; both outputs are captured and no option comes from our own environment.</summary>
    /// <param name="arguments">The options.</param>
    /// <param name="launcher">A program that becomes kekerd, with its arguments, or none.</param>
    public static Process Prepare(IEnumerable<string> arguments, params string[] launcher)
    {
        string[] all = [.. launcher, Found, .. arguments];
        var start = new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("KEKER_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        return new Process { StartInfo = start };
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("KEKERD") is { Length: > 0 } given)
            return File.Exists(given) ? given : null;
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            string candidate = System.IO.Path.Combine(folder, "out", "kekerd");
            if (File.Exists(candidate))
                return candidate;
        }
        return null;
    }
}
