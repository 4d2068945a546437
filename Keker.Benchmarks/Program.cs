using BenchmarkDotNet.Running;
using Keker.Benchmarks.Curve;
using Keker.Benchmarks.Fuzz;
using Keker.Benchmarks.Load;
using Keker.Benchmarks.Load.Peers;
using Keker.Benchmarks.Soak;

namespace Keker.Benchmarks;

internal static class Program
{
    /// <summary>
    /// <c>curve ...</c> goes to <see cref="CurveCommand"/>, <c>fuzz ...</c> to <see cref="FuzzCommand"/>, <c>soak ...</c> to <see cref="SoakCommand"/>, a mode of the load generator to
    /// <see cref="LoadCommand"/>, what that starts to <see cref="PeerCommand"/>, everything else to BenchmarkDotNet.
    /// </summary>
    private static int Main(string[] args)
    {
        switch (args)
        {
            case ["curve", .. string[] rest]:
                return CurveCommand.Run(rest);
            case ["fuzz", .. string[] rest]:
                return FuzzCommand.Run(rest);
            case ["soak", .. string[] rest]:
                return SoakCommand.Run(rest);
            case [PeerCommand.Name, .. string[] rest]:
                return PeerCommand.Run(rest);
            case [string mode, ..] when LoadCommand.IsMode(mode):
                return LoadCommand.Run(args);
            default:
                BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
                return 0;
        }
    }
}
