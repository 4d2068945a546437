using System.Globalization;
using Microsoft.AspNetCore.Builder;

namespace Keker.Benchmarks.Load.Peers;

/// <summary>The <c>peer</c> command, which comparisons start: serves one of the brokers on ASP.NET Core until it is ended.</summary>
internal static class PeerCommand
{
    public const string Name = "peer";

    private const int Misused = 2;

    /// <param name="args">The name of the peer and its port.</param>
    public static int Run(string[] args)
    {
        if (args is not [string name, string text] || !ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            Console.Error.WriteLine($"expected: {Name} kestrel|signalr PORT");
            return Misused;
        }
        WebApplication? broker = name switch { "kestrel" => KestrelBroker.Build(port), "signalr" => SignalRBroker.Build(port), _ => null };
        if (broker is null)
        {
            Console.Error.WriteLine($"no such peer: {name}");
            return Misused;
        }
        broker.Run();
        return 0;
    }
}
