namespace Keker.Benchmarks.Common;

/// <summary>The kekerd that is put under load.</summary>
internal static class KekerBinary
{
    /// <summary>What the environment variable KEKERD names, else out/kekerd; it need not exist.</summary>
    public static string Path { get; } = System.IO.Path.GetFullPath(
        Environment.GetEnvironmentVariable("KEKERD") is { Length: > 0 } given ? given : System.IO.Path.Combine("out", "kekerd"));
}
