using System.Diagnostics;
using Keker.Benchmarks.Common;

namespace Keker.Benchmarks.Load.Peers;

/// <summary>Keker itself.</summary>
internal sealed class KekerPeer : Peer
{
    public override string Name => "keker";

    public override string? Missing => File.Exists(KekerBinary.Path) ? null : $"{KekerBinary.Path} was not found, ./build.sh makes out/kekerd";

    public override ProcessStartInfo Command(int port, int connections, string folder) => new(KekerBinary.Path, ["--listen", $"127.0.0.1:{port}"]);
}
