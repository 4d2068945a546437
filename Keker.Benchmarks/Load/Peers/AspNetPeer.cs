using System.Diagnostics;

namespace Keker.Benchmarks.Load.Peers;

/// <summary>A broker on ASP.NET Core that is part of this program, in a process of its own.</summary>
internal abstract class AspNetPeer : Peer
{
    public override string? Missing => null;

    public override ProcessStartInfo Command(int port, int connections, string folder)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("this program does not know its own path");
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program, [.. isHost ? [typeof(AspNetPeer).Assembly.Location] : Array.Empty<string>(), PeerCommand.Name, Name, $"{port}"]);
        // The default of web projects, which this one is not.
        start.Environment["DOTNET_gcServer"] = "1";
        return start;
    }
}
