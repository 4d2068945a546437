using BenchmarkDotNet.Running;
using Keker.Benchmarks.Fuzz;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks;

internal static class Program
{
    /// <summary><c>fuzz ...</c> goes to <see cref="FuzzCommand"/>, <c>soak ...</c> to <see cref="SoakCommand"/>, everything else to BenchmarkDotNet.</summary>
    private static int Main(string[] args)
    {
        if (args is ["fuzz", .. string[] rest]) return FuzzCommand.Run(rest);
        if (args is ["soak", .. string[] others]) return SoakCommand.Run(others);
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
    }
}
