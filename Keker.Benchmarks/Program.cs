using BenchmarkDotNet.Running;
using Keker.Benchmarks.Curve;
using Keker.Benchmarks.Fuzz;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks;

internal static class Program
{
    /// <summary>The first argument names a command; without one everything goes to BenchmarkDotNet.</summary>
    private static int Main(string[] args)
    {
        if (args is ["curve", .. string[] options]) return CurveCommand.Run(options);
        if (args is ["fuzz", .. string[] rest]) return FuzzCommand.Run(rest);
        if (args is ["soak", .. string[] others]) return SoakCommand.Run(others);
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
    }
}
