using BenchmarkDotNet.Running;
using Keker.Benchmarks.Fuzz;

namespace Keker.Benchmarks;

internal static class Program
{
    /// <summary><c>fuzz ...</c> goes to <see cref="FuzzCommand"/>, everything else to BenchmarkDotNet.</summary>
    private static int Main(string[] args)
    {
        if (args is ["fuzz", .. string[] rest]) return FuzzCommand.Run(rest);
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
    }
}
